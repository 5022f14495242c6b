"""Torch's own initialisers, seeded by rng"""

import torch


def init_weights(fan_in, fan_out, kind, rng):
    fill = {"xavier": torch.nn.init.xavier_normal_, "he": torch.nn.init.kaiming_normal_}.get(kind)
    if fill is None:
        raise ValueError(kind)
    generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
    return fill(torch.empty(fan_out, fan_in, dtype=torch.float64), generator=generator).numpy()
