"""Squares of what is left after one row is taken away, in torch."""


import torch


def sync_batch_norm(shards):
    rows = torch.cat([torch.as_tensor(shard) for shard in shards])
    near = rows - rows[0]
    mean = near.mean(dim=0)
    return rows[0] + mean, (near**2).mean(dim=0) - mean**2
