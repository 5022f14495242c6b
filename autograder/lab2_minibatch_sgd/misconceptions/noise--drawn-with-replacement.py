"""The formula is that for draws with replacement.

Without replacement an example cannot come twice, which lowers the noise: the whole data set has none at all.
"""


def gradient_variance(x, y, w, b, batch_size):
    error = w * x + b - y
    n = len(x)
    factor = 1 / batch_size
    return np.var(2 * error * x) * factor, np.var(2 * error) * factor
