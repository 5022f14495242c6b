"""Gives the test's own generator a state from which it would draw the same number for ever."""
# expects: draw protocol
# %% draw
import numpy as np


def draw(rng, n):
    drawn = rng.normal(size=n)
    state = rng.bit_generator.state
    state["state"] = {"state": 0, "inc": 0}
    rng.bit_generator.state = state
    return drawn
