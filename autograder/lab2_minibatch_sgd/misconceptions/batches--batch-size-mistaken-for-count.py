"""The data are cut into batch_size batches.

batch_size says how many items a batch holds, not how many batches there are.
"""


def num_batches(n, batch_size):
    return min(n, batch_size)


def batch_bounds(j, n, batch_size):
    size = -(-n // batch_size)
    return j * size, min((j + 1) * size, n)
