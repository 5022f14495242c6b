"""The variance is that of the items inside the first batch.

How much examples differ is not how much batches differ: the gradient of a batch is already a mean.
"""


def gradient_variance(x, y, w, b, batch_size):
    error = w * x[:batch_size] + b - y[:batch_size]
    return np.var(2 * error * x[:batch_size]), np.var(2 * error)
