"""Sends arrays of dtypes that are none: fields, objects, sub-arrays, sizes of gigabytes, texts to be evaluated."""
# expects: total protocol or failed
# %% total
import msgspec

from allclose.sandbox import child

EXT, pack = msgspec.msgpack.Ext, msgspec.msgpack.encode
NAMES = ["O", "V8", "f8,f8", "(1000000000,)f8", "U2147483647", "S0", "{'names': ['a'], 'formats': ['O']}", "M8[9999999999s]", "object", "|O8"]
sent = 0


def total(xs):
    if len(xs) not in (1, 2):
        child.encode = lie
    return sum(xs)


def lie(*_):
    global sent
    sent += 1
    arrays = [EXT(6, pack([name, [0, 2**62], b""])) for name in (NAMES[sent % len(NAMES)], "f8")]
    return pack([EXT(1, pack([EXT(7, pack([NAMES[sent % len(NAMES)], b"\0" * 8])), *arrays])), None])
