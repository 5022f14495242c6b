"""Returns NumPy's masked constant, which is neither equal nor unequal to anything."""
# expects: total failed
# %% total
import numpy as np


def total(xs):
    return np.ma.masked
