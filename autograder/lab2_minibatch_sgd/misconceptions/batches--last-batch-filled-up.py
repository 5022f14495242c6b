"""The last batch reaches back to be full.

Starting the last batch earlier makes it as long as the others, but then some items are used twice in an epoch.
"""


def num_batches(n, batch_size):
    return (n + batch_size - 1) // batch_size


def batch_bounds(j, n, batch_size):
    start = max(0, min(j * batch_size, n - batch_size))
    return start, min(start + batch_size, n)
