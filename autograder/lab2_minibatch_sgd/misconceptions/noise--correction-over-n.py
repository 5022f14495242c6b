"""The correction is (N − B)/N.

With σ² over N the correction divides by N − 1: a batch of one has the variance σ² itself.
"""


def gradient_variance(x, y, w, b, batch_size):
    error = w * x + b - y
    n = len(x)
    factor = (n - batch_size) / n / batch_size
    return np.var(2 * error * x) * factor, np.var(2 * error) * factor
