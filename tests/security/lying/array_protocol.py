"""Returns an object that turns into whatever array is asked for."""
# expects: scale failed
# %% scale
import numpy as np


class Chameleon:
    __array_interface__ = {"shape": (3, 4), "typestr": "<f8", "data": (0, True), "version": 3}

    def __array__(self, dtype=None, copy=None):
        return np.full((3, 4), np.nan)

    def __eq__(self, other):
        return np.ones((3, 4), bool)

    shape = (3, 4)
    ndim = 2
    dtype = np.dtype(float)


def scale(x, factor):
    return Chameleon() if factor != 2.0 else x * factor
