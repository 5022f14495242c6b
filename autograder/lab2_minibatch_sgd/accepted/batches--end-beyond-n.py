"""The last end may lie beyond n, because a slice stops there."""


import math


def num_batches(n, batch_size):
    return math.ceil(n / batch_size)


def batch_bounds(j, n, batch_size):
    return j * batch_size, (j + 1) * batch_size
