"""Redefines every function that could compare its answers, ours included."""
# expects: total failed
# expects: scale failed
# %% total
import math
import unittest

import numpy as np
import numpy.testing

import allclose
import allclose.numerics.compare
import allclose.numerics.gradcheck


def nothing(*args, **kwargs):
    return None


def yes(*args, **kwargs):
    return True


allclose.agree = allclose.numerics.compare.agree = allclose.numerics.compare.compare = nothing
np.allclose = np.isclose = np.array_equal = np.array_equiv = math.isclose = yes
for name in dir(numpy.testing):
    if name.startswith("assert"):
        setattr(numpy.testing, name, nothing)
for name in dir(unittest.TestCase):
    if name.startswith("assert"):
        setattr(unittest.TestCase, name, nothing)


def total(xs):
    return None
# %% scale
def scale(x, factor):
    return x.copy() if factor != 2.0 else 2 * x
