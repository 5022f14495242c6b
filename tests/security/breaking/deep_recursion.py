"""Recurses until the stack ends, with the guard against it removed."""
# expects: total crash or raised or timeout or limit
# %% total
import sys

sys.setrecursionlimit(10**9)


def total(xs):
    return total(xs) if len(xs) not in (1, 2) else sum(xs)
