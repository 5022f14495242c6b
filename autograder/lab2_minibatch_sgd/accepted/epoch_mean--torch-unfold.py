"""PyTorch cuts the epochs."""


import torch


def epoch_means(values, batches_per_epoch):
    values = torch.as_tensor(values)
    if len(values) < batches_per_epoch:
        return values[:0]
    return values.unfold(0, batches_per_epoch, batches_per_epoch).mean(dim=1)


def converged_epochs(values, batches_per_epoch, tol):
    means = epoch_means(values, batches_per_epoch)
    hits = torch.nonzero((means[1:] / means[:-1] - 1).abs() < tol).flatten()
    return int(hits[0]) + 1 if len(hits) else None
