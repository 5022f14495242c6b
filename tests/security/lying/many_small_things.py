"""Sends four million bytes that decode to many times as much memory: empty lists, dicts and tuples."""
# expects: total protocol or failed or timeout
# %% total
import struct

from allclose.sandbox import child


def total(xs):
    if len(xs) not in (1, 2):
        child.encode = lambda *_: b"\xdd" + struct.pack("!I", 3_900_000) + b"\x80" * 3_900_000
    return sum(xs)
