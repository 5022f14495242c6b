"""The ribbon is put at the mean of y / x

Without noise all the ratios are the same. With noise the least-squares slope is another mean: which places
have a zero derivative?
"""


def classify(w1, w2, x, y):
    best = np.mean(y / x)
    if max(abs(w1), abs(w2)) * 2 * abs(np.mean(x * y)) <= 1e-8:
        return "saddle"
    slope = 2 * np.mean(x * x) * (w1 * w2 - best)
    return "minimum" if abs(slope) * max(abs(w1), abs(w2)) <= 1e-8 else "not stationary"
