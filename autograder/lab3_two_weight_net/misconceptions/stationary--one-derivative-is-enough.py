"""One small derivative is taken to be enough

On an axis one of the two is zero. Does nothing pull there?
"""


def classify(w1, w2, x, y):
    dw1, dw2 = gradient(np.array([w1, w2]), x, y)
    if abs(dw1) > 1e-8 and abs(dw2) > 1e-8:
        return "not stationary"
    best = np.sum(x * y) / np.sum(x * x)
    return "minimum" if abs(w1 * w2 - best) < abs(w1 * w2) else "saddle"
