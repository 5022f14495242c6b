"""The end of a batch is taken for its last item.

A Python slice leaves its end out: x[0:4] holds four items, the last of which is number 3. Here each batch loses one item.
"""


def num_batches(n, batch_size):
    return (n + batch_size - 1) // batch_size


def batch_bounds(j, n, batch_size):
    start = j * batch_size
    end = min(start + batch_size, n) - 1
    return start, end
