"""The two tables are returned in the wrong order

Compare the order of your return with the one that the question names, or each derivative with the weight in
front of it.
"""


def gradient_field(w1s, w2s, x, y):
    w1, w2 = w1s[:, None], w2s[None, :]
    slope = 2 * (w1 * w2 * np.mean(x * x) - np.mean(x * y))
    return w1 * slope, w2 * slope
