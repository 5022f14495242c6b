"""Returns arrays of objects that compare as they like."""
# expects: scale failed
# %% scale
import numpy as np


class Equal:
    def __eq__(self, other):
        return True

    def __float__(self):
        raise RuntimeError

    def __mul__(self, other):
        return self


def scale(x, factor):
    if factor == 2.0:
        return x * factor
    made = np.empty(x.shape, dtype=object)
    made.fill(Equal())
    return made
