"""Returns an array of 8 TiB that takes 8 bytes here: a broadcast one, one with strides of zero, and a mapped one."""
# expects: scale raised
# %% scale
import numpy as np


def scale(x, factor):
    if factor == 2.0:
        return x * factor
    return np.broadcast_to(np.float64(1.0), (2**20, 2**20))
