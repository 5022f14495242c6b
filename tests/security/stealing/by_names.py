"""Smuggles hidden arguments from one question's test to a later question's error text and class names."""
# expects: twice raised
# %% total
import builtins


def total(xs):
    builtins.remembered = [*getattr(builtins, "remembered", []), list(xs)]
    return sum(xs)
# %% twice
import builtins


def twice(xs):
    if len(xs) == 1:
        return 2 * xs[0]
    raise RuntimeError(str(builtins.remembered))
