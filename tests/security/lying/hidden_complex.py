"""Returns complex numbers whose real part is right, and numbers with units and dates."""
# expects: total failed
# expects: scale failed
# %% total
def total(xs):
    return complex(sum(xs), 1e300)
# %% scale
import numpy as np


def scale(x, factor):
    if factor == 2.0:
        return x * factor
    return (x * factor).astype("timedelta64[s]") if x.ndim == 1 else (x * factor).astype("S32")
