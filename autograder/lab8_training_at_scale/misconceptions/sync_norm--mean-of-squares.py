"""The variance is the mean of the squares minus the square of the mean.

With a large mean this is the difference of two huge numbers, and the variance is lost in their rounding.
"""


def sync_batch_norm(shards):
    n = sum(len(shard) for shard in shards)
    mean = sum(shard.sum(axis=0) for shard in shards) / n
    return mean, sum((shard**2).sum(axis=0) for shard in shards) / n - mean**2
