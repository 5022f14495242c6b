"""Sends a dict whose 200,000 keys have one and the same hash, so that building it takes for ever, in C."""
# expects: total protocol or not-run
# expects: * passed or not-run
# %% total
import msgspec

from allclose.sandbox import child

EXT = msgspec.msgpack.Ext


def total(xs):
    if len(xs) not in (1, 2):
        keys = [EXT(4, (k * (2**61 - 1)).to_bytes(24, "big", signed=True)) for k in range(1, 130_000)]
        child.encode = lambda *_: msgspec.msgpack.encode(EXT(2, msgspec.msgpack.encode(keys)))
    return sum(xs)
