"""The number of batches is not an integer.

np.ceil rounds up but gives a float, and range() takes integers only.
"""


def num_batches(n, batch_size):
    return np.ceil(n / batch_size)


def batch_bounds(j, n, batch_size):
    return j * batch_size, min((j + 1) * batch_size, n)
