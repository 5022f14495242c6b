"""Sets the test's own generator back, so that what follows repeats what it knows."""
# expects: draw failed
# %% draw
import numpy as np


def draw(rng, n):
    before = rng.bit_generator.state
    drawn = rng.normal(size=n)
    rng.bit_generator.state = before
    return drawn
