"""The mean of the squares is taken for the variance.

A variance is about the mean: subtract the full gradient first. Far from the minimum the difference is large.
"""


def gradient_variance(x, y, w, b, batch_size):
    error = w * x + b - y
    n = len(x)
    factor = (n - batch_size) / (n - 1) / batch_size
    return np.mean((2 * error * x) ** 2) * factor, np.mean((2 * error) ** 2) * factor
