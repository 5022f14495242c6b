"""Closes every descriptor that it has, the connection included."""
# expects: total crash
# %% total
import os


def total(xs):
    if len(xs) not in (1, 2):
        os.closerange(0, 1024)
    return sum(xs)
