"""Row by row, the mean and the spread are updated (Welford 1962)."""


def sync_batch_norm(shards):
    n, mean, spread = 0, 0.0, 0.0
    for shard in shards:
        for row in shard:
            n += 1
            delta = row - mean
            mean = mean + delta / n
            spread = spread + delta * (row - mean)
    return mean, spread / n
