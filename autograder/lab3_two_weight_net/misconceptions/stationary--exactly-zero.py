"""The derivatives must be exactly zero

A computer meets the ribbon only up to rounding. That is why the question names a tolerance.
"""


def classify(w1, w2, x, y):
    dw1, dw2 = gradient(np.array([w1, w2]), x, y)
    if dw1 != 0 or dw2 != 0:
        return "not stationary"
    best = np.sum(x * y) / np.sum(x * x)
    return "minimum" if abs(w1 * w2 - best) < abs(w1 * w2) else "saddle"
