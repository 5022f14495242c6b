"""torch draws the order, from a seed that rng gives."""


import torch


def shuffled(x, y, rng):
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    order = torch.randperm(len(x), generator=generator).numpy()
    return x[order], y[order]
