"""What is left over after an even division belongs to nobody.

If the world does not divide the items, some ranks get one item more.
"""


def shard(n, rank, world):
    size = n // world
    return np.arange(rank * size, (rank + 1) * size)
