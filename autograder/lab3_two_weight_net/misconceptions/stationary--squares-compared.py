"""The sum of the squares is compared with the tolerance

The square of a small number is smaller still: with 1e-8 for the square, derivatives of 1e-5 pass as zero.
"""


def classify(w1, w2, x, y):
    dw1, dw2 = gradient(np.array([w1, w2]), x, y)
    if dw1**2 + dw2**2 > 1e-8:
        return "not stationary"
    best = np.sum(x * y) / np.sum(x * x)
    return "minimum" if abs(w1 * w2 - best) < abs(w1 * w2) else "saddle"
