"""Which factor of the derivatives is the small one"""


def classify(w1, w2, x, y):
    slope = 2 * np.mean((w1 * w2 * x - y) * x)
    if any(abs(weight * slope) > 1e-8 for weight in (w1, w2)):
        return "not stationary"
    return "saddle" if abs(slope) > np.abs(np.mean(x * y)) else "minimum"
