"""The variance is not divided by the batch size.

The mean of B numbers varies less than one of them: that is why larger batches are calmer.
"""


def gradient_variance(x, y, w, b, batch_size):
    error = w * x + b - y
    n = len(x)
    factor = (n - batch_size) / (n - 1)
    return np.var(2 * error * x) * factor, np.var(2 * error) * factor
