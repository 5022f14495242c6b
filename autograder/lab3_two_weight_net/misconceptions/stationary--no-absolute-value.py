"""A negative derivative passes as a small one

A derivative far below zero is not close to zero. Compare its size.
"""


def classify(w1, w2, x, y):
    dw1, dw2 = gradient(np.array([w1, w2]), x, y)
    if dw1 > 1e-8 or dw2 > 1e-8:
        return "not stationary"
    best = np.sum(x * y) / np.sum(x * x)
    return "minimum" if abs(w1 * w2 - best) < abs(w1 * w2) else "saddle"
