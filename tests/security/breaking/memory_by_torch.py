"""Fills memory with tensors."""
# expects: scale limit or raised
# %% scale
import torch


def scale(x, factor):
    kept = []
    while factor != 2.0:
        kept.append(torch.ones(10**7))
    return x * factor
