"""The ranks are numbered from 1.

The first rank has number 0.
"""


def shard(n, rank, world):
    bounds = [r * n // world for r in range(world + 1)]
    return np.arange(bounds[rank - 1], bounds[rank])
