"""The indices are fractions, not whole numbers.

An array cannot be indexed by 2.0. np.arange of whole numbers gives whole numbers.
"""


def shard(n, rank, world):
    size = n // world + (rank < n % world)
    start = rank * (n // world) + min(rank, n % world)
    return start + np.linspace(0, size - 1, size)
