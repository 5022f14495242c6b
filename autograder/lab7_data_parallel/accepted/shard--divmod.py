"""Runs of neighbours, the first ranks with one more; a range."""


def shard(n, rank, world):
    size, extra = divmod(n, world)
    start = rank * size + min(rank, extra)
    return range(start, start + size + (rank < extra))
