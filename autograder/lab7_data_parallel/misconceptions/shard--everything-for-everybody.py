"""Every rank gets all items.

Then all compute the same gradient, and nothing is gained by having many ranks.
"""


def shard(n, rank, world):
    return np.arange(n)
