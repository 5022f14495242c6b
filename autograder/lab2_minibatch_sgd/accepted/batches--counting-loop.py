"""Batches are cut off one after the other in a loop."""


def num_batches(n, batch_size):
    count = 0
    while n > 0:
        n -= batch_size
        count += 1
    return count


def batch_bounds(j, n, batch_size):
    start = 0
    for _ in range(j):
        start += batch_size
    end = start
    while end < n and end - start < batch_size:
        end += 1
    return [start, end]
