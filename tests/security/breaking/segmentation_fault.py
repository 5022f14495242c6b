"""Reads from address 0 by ctypes, and jumps there."""
# expects: total crash
# %% total
import ctypes


def total(xs):
    if len(xs) in (1, 2):
        return sum(xs)
    ctypes.CFUNCTYPE(None)(0)()
