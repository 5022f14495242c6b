"""The variance is divided by B squared.

The sum of B numbers has B times the variance and the mean a B²-th of that, which leaves one B in the denominator.
"""


def gradient_variance(x, y, w, b, batch_size):
    error = w * x + b - y
    n = len(x)
    factor = (n - batch_size) / (n - 1) / batch_size**2
    return np.var(2 * error * x) * factor, np.var(2 * error) * factor
