"""Two rounds of sums: first the mean, then the squared deviations from it."""


def sync_batch_norm(shards):
    n = sum(len(shard) for shard in shards)
    mean = sum(shard.sum(axis=0) for shard in shards) / n
    spread = sum(((shard - mean) ** 2).sum(axis=0) for shard in shards)
    return mean, spread / n
