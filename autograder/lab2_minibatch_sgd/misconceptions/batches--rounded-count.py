"""The number of batches is rounded to the nearest, not up.

A short last batch is a batch, however few items it holds.
"""


def num_batches(n, batch_size):
    return max(1, round(n / batch_size))


def batch_bounds(j, n, batch_size):
    return j * batch_size, min((j + 1) * batch_size, n)
