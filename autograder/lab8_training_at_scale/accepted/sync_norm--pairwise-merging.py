"""Neighbours merge their moments two by two, as in a tree of workers."""


from functools import reduce


def merge(one, other):
    (n, mean, spread), (k, their_mean, their_spread) = one, other
    delta = their_mean - mean
    return n + k, mean + delta * k / (n + k), spread + their_spread + delta**2 * n * k / (n + k)


def sync_batch_norm(shards):
    moments = [(len(s), s.mean(axis=0), ((s - s.mean(axis=0)) ** 2).sum(axis=0)) for s in shards]
    n, mean, spread = reduce(merge, moments)
    return mean, spread / n
