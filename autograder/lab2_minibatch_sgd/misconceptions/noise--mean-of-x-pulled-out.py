"""The x of each example is replaced by the mean of x.

error and x belong to the same example: multiply first, then take the variance.
"""


def gradient_variance(x, y, w, b, batch_size):
    error = w * x + b - y
    n = len(x)
    factor = (n - batch_size) / (n - 1) / batch_size
    return np.var(2 * error) * np.mean(x) ** 2 * factor, np.var(2 * error) * factor
