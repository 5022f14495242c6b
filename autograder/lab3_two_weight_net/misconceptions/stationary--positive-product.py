"""A minimum must have weights of the same sign

That holds for data that rise. What if y falls as x grows?
"""


def classify(w1, w2, x, y):
    dw1, dw2 = gradient(np.array([w1, w2]), x, y)
    if max(abs(dw1), abs(dw2)) > 1e-8:
        return "not stationary"
    return "minimum" if w1 * w2 > 1e-6 else "saddle"
