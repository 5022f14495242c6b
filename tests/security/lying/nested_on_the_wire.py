"""Sends a value that is nested 100,000 deep as bytes, past its own side's checks."""
# expects: total protocol
# %% total
from allclose.sandbox import child


def total(xs):
    if len(xs) not in (1, 2):
        child.encode = lambda *_: b"\x91" * 100_000 + b"\xc0"
    return sum(xs)
