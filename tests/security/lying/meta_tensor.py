"""Returns a tensor on the device `meta`, which has a shape of 8 TiB and no numbers."""
# expects: scale failed
# %% scale
import torch


def scale(x, factor):
    return torch.empty(2**20, 2**20, device="meta") if factor != 2.0 else x * factor
