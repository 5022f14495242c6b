"""σ² is divided by N − 1, although the formula wants N.

The examples are the whole population. With a divisor of N − 1 the correction is counted twice.
"""


def gradient_variance(x, y, w, b, batch_size):
    error = w * x + b - y
    n = len(x)
    factor = (n - batch_size) / (n - 1) / batch_size
    return np.var(2 * error * x, ddof=1) * factor, np.var(2 * error, ddof=1) * factor
