"""Returns the test's own arguments and functions, in the hope that they are compared with themselves."""
# expects: total failed
# expects: scale failed
# expects: lowest failed
# expects: draw failed
# %% total
def total(xs):
    return xs
# %% scale
def scale(x, factor):
    return x if factor != 2.0 else x * factor
# %% lowest
def lowest(f, xs):
    return 1.0 if f is abs else f
# %% draw
import numpy as np


def draw(rng, n):
    return np.zeros(3) if n == 3 else rng
