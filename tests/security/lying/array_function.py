"""Returns an object that answers NumPy's functions itself: every comparison is true."""
# expects: scale failed
# %% scale
import numpy as np


class Sly:
    def __array_function__(self, function, types, args, kwargs):
        return True

    def __array_ufunc__(self, *args, **kwargs):
        return True

    shape = (3, 4)


def scale(x, factor):
    return Sly() if factor != 2.0 else x * factor
