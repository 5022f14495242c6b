"""Returns NaN everywhere, in several payloads and precisions, and infinities of both signs."""
# expects: scale failed
# expects: total failed
# expects: lowest failed
# %% scale
import numpy as np


def scale(x, factor):
    if factor == 2.0:
        return x * factor
    return np.full(x.shape, 0x7FF4DEADBEEF0001, dtype=np.int64).view(np.float64)
# %% total
def total(xs):
    return float("nan")
# %% lowest
def lowest(f, xs):
    return float("-inf")
