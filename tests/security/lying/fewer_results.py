"""Answers many calls in one trip with no results at all, and a single one with several."""
# expects: total failed or protocol
# %% total
from allclose.sandbox import child


def total(xs):
    return 0.25


child.Child._mapped = lambda self, function, inputs: iter(())
