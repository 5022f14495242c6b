"""Sleeps in every cell and call for as long as it may, to use up everybody's time."""
# expects: * passed or timeout or not-run
# %% total
import time


def total(xs):
    time.sleep(1.2)
    return sum(xs)
