"""The rank is used as the step, not as the start.

Dealt like cards, the items of one rank lie P apart, whichever rank it is.
"""


def shard(n, rank, world):
    return np.arange(0, n, rank + 1)
