"""Batches are counted from 1.

The first batch is number 0, so j * batch_size items lie in front of batch j.
"""


def num_batches(n, batch_size):
    return (n + batch_size - 1) // batch_size


def batch_bounds(j, n, batch_size):
    start = (j - 1) * batch_size
    return start, min(start + batch_size, n)
