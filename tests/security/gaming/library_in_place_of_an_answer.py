"""Has a library do the whole work: right, so it counts; whether it is allowed is for a flag to say."""
# %% total
import torch


def total(xs):
    return float(torch.tensor(xs, dtype=torch.float64).sum())
