"""The two derivatives are added up

They can cancel: think of a place with opposite weights. Each must be small by itself.
"""


def classify(w1, w2, x, y):
    dw1, dw2 = gradient(np.array([w1, w2]), x, y)
    if abs(dw1 + dw2) > 1e-8:
        return "not stationary"
    best = np.sum(x * y) / np.sum(x * x)
    return "minimum" if abs(w1 * w2 - best) < abs(w1 * w2) else "saddle"
