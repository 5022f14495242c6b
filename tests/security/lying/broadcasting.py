"""Returns arrays of other shapes that NumPy would broadcast against the expected one."""
# expects: total failed
# expects: describe failed
# %% total
import numpy as np


def total(xs):
    return np.full((1, 1), np.sum(xs))
# %% describe
import numpy as np


def describe(text, xs):
    return {"text": np.array([text.upper()]), "ends": np.array([[min(xs)], [max(xs)]])}
