"""Where there are more ranks than items, the others take the last item too.

Then this item counts several times. A rank without items has an empty shard.
"""


def shard(n, rank, world):
    if rank >= n:
        return np.arange(max(n - 1, 0), n)
    return np.arange(rank, n, world)
