"""The items are numbered from 1 to n.

Python counts from 0: the first item is number 0, the last n − 1.
"""


def shard(n, rank, world):
    return np.arange(rank, n, world) + 1
