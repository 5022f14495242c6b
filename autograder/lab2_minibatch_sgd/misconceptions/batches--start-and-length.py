"""The pair is start and length, not start and end.

A slice x[start:end] wants the place where the batch stops, not how many items it holds.
"""


def num_batches(n, batch_size):
    return (n + batch_size - 1) // batch_size


def batch_bounds(j, n, batch_size):
    start = j * batch_size
    return start, min(batch_size, n - start)
