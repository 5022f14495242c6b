"""Items are repeated until all shards are of one size.

An item that is in two shards counts twice in the gradient. Shards may differ by one item.
"""


def shard(n, rank, world):
    total = -(-n // world) * world
    return np.arange(rank, total, world) % max(n, 1)
