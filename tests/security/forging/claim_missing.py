"""Says, in our words, that a hidden name is missing, to have text of its own shown as ours."""
# expects: total missing or raised
# %% total
from allclose.sandbox import child


def total(xs):
    if len(xs) in (1, 2):
        return sum(xs)
    raise child._Missing(f"GOT-{'THROUGH'} {xs}")
