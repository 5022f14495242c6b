"""Destroys the interpreter's own objects: None, the numbers, the type of types."""
# expects: total crash or raised or timeout or protocol or failed
# %% total
import ctypes


def total(xs):
    if len(xs) in (1, 2):
        return sum(xs)
    for thing in (None, 0, 1, True, type, int, list):
        ctypes.memset(id(thing), 0, 16)
    return xs
