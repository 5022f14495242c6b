"""The end of a run is part of it, and so is the start of the next: neighbours share an item.

The end of an arange or of a slice is not included. It needs no correction.
"""


def shard(n, rank, world):
    start, end = rank * n // world, (rank + 1) * n // world
    return np.arange(start, min(end + 1, n))
