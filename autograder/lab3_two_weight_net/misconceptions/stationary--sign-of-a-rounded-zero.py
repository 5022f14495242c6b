"""The curvature along the ribbon is compared with zero

It is zero, so rounding decides which sign you see. Compare it with the other curvature.
"""


def classify(w1, w2, x, y):
    dw1, dw2 = gradient(np.array([w1, w2]), x, y)
    if max(abs(dw1), abs(dw2)) > 1e-8:
        return "not stationary"
    square, mixed = np.mean(x * x), 4 * w1 * w2 * np.mean(x * x) - 2 * np.mean(x * y)
    curvatures = np.linalg.eigvalsh([[2 * square * w2**2, mixed], [mixed, 2 * square * w1**2]])
    return "minimum" if np.all(curvatures >= 0) else "saddle"
