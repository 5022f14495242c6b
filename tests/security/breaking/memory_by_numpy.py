"""Fills memory with arrays."""
# expects: scale limit
# %% scale
import numpy as np


def scale(x, factor):
    kept = []
    while factor != 2.0:
        kept.append(np.ones(10**7))
    return x * factor
