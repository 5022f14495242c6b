"""The items that do not fill a batch are left out.

Floor division counts full batches only. Where batch_size does not divide n, some items remain, and they are data as well.
"""


def num_batches(n, batch_size):
    return n // batch_size


def batch_bounds(j, n, batch_size):
    return j * batch_size, min((j + 1) * batch_size, n)
