"""Returns sparse and quantized tensors: a trillion entries, of which none is stored."""
# expects: scale failed
# expects: total failed
# %% scale
import torch


def scale(x, factor):
    if factor == 2.0:
        return x * factor
    return torch.sparse_coo_tensor(torch.zeros((2, 0), dtype=torch.long), torch.zeros(0), (2**20, 2**20))
# %% total
import torch


def total(xs):
    return torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8)
