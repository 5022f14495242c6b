"""Start and end are returned instead of the indices between them.

Who indexes an array with these two numbers gets two items.
"""


def shard(n, rank, world):
    return np.array([rank * n // world, (rank + 1) * n // world])
