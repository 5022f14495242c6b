"""The variance is that of the sum over the batch.

A batch's gradient is a mean over its items.
"""


def gradient_variance(x, y, w, b, batch_size):
    error = w * x + b - y
    n = len(x)
    factor = batch_size * (n - batch_size) / (n - 1)
    return np.var(2 * error * x) * factor, np.var(2 * error) * factor
