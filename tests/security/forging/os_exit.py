"""Ends the process with a good exit status in the middle of a test."""
# expects: total crash
# %% total
import os


def total(xs):
    if len(xs) not in (1, 2):
        os._exit(0)
    return sum(xs)
