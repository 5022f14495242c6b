"""The last rank gets everything that is left over.

That can be nearly twice as much as the others have, and all wait for it. Spread what is left over.
"""


def shard(n, rank, world):
    size = n // world
    end = n if rank == world - 1 else (rank + 1) * size
    return np.arange(rank * size, end)
