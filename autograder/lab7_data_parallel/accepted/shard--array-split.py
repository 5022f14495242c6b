"""NumPy's own split of neighbours."""


def shard(n, rank, world):
    return np.array_split(np.arange(n), world)[rank]
