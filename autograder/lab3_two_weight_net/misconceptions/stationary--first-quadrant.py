"""Only positive weights are taken for a minimum

The ribbon has two branches, and for data that fall they lie in the other two quadrants.
"""


def classify(w1, w2, x, y):
    dw1, dw2 = gradient(np.array([w1, w2]), x, y)
    if max(abs(dw1), abs(dw2)) > 1e-8:
        return "not stationary"
    return "minimum" if w1 > 1e-4 and w2 > 1e-4 else "saddle"
