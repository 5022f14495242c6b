"""A batch size beyond n gives no batch at all.

Where batch_size is larger than n there is still one batch: everything.
"""


def num_batches(n, batch_size):
    if batch_size > n:
        return 0
    return (n + batch_size - 1) // batch_size


def batch_bounds(j, n, batch_size):
    return j * batch_size, min((j + 1) * batch_size, n)
