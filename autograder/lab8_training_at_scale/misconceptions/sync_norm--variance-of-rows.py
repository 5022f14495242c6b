"""The mean and variance go along the wrong axis.

Rows are examples, columns are features: means over examples go along axis 0.
"""


def sync_batch_norm(shards):
    rows = np.concatenate(shards)
    return rows.mean(axis=1), rows.var(axis=1)
