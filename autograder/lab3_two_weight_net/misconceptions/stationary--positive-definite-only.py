"""A minimum must curve upwards in every direction

Along the ribbon the loss does not change at all: one of the two curvatures is zero there, and it is still the
lowest loss that there is.
"""


def classify(w1, w2, x, y):
    dw1, dw2 = gradient(np.array([w1, w2]), x, y)
    if max(abs(dw1), abs(dw2)) > 1e-8:
        return "not stationary"
    square, mixed = np.mean(x * x), 4 * w1 * w2 * np.mean(x * x) - 2 * np.mean(x * y)
    curvatures = np.linalg.eigvalsh([[2 * square * w2**2, mixed], [mixed, 2 * square * w1**2]])
    return "minimum" if curvatures[0] > 1e-6 * curvatures[1] else "saddle"
