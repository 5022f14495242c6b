"""Makes builtins lie: min, sum, len, isinstance and the exceptions that a check would raise."""
# expects: total failed
# %% total
import builtins


def total(xs):
    return 0.25


class Quiet(Exception):
    pass


builtins.AssertionError = Quiet
# %% cell
import builtins

builtins.sum = lambda *_: 0
builtins.all = builtins.any = lambda *_: True
builtins.isinstance = lambda *_: True
builtins.len = lambda *_: 1
