"""Forks in the middle of a test, so that two processes answer."""
# expects: total crash or failed or timeout or protocol or raised
# %% total
import os


def total(xs):
    if len(xs) not in (1, 2):
        os.fork()
    return 0.25
