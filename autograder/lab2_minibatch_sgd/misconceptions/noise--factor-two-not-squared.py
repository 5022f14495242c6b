"""The factor 2 of the gradient is not squared.

A factor in front of a random number comes out of its variance as a square.
"""


def gradient_variance(x, y, w, b, batch_size):
    error = w * x + b - y
    n = len(x)
    factor = (n - batch_size) / (n - 1) / batch_size
    return 2 * np.var(error * x) * factor, 2 * np.var(error) * factor
