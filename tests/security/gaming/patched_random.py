"""Replaces the random generators by ones that always draw nought."""
# expects: draw failed
# %% draw
import random

import numpy as np


class Nought:
    def normal(self, size=None):
        return np.zeros(size)

    bit_generator = None


np.random.default_rng = lambda *_: Nought()
random.random = lambda: 0.0


def draw(rng, n):
    return np.zeros(n)
