"""The batches are of about equal size, none of batch_size.

Sharing the items evenly is another way to cut, but here every batch but the last holds exactly batch_size items.
"""


def num_batches(n, batch_size):
    return (n + batch_size - 1) // batch_size


def batch_bounds(j, n, batch_size):
    k = num_batches(n, batch_size)
    return j * n // k, (j + 1) * n // k
