"""Returns generators that stand a billion words beyond their buffer, for the grader to read its own memory."""
# expects: draw failed or protocol
# expects: lowest failed or protocol or raised
# %% draw
import msgspec
import numpy as np

from allclose.sandbox import child

EXT, pack = msgspec.msgpack.Ext, msgspec.msgpack.encode


def draw(rng, n):
    if n == 4:
        child.encode = lambda *_: pack([rngs(), None])
    return rng.normal(size=n)


def rngs():
    key = EXT(6, pack(["<u4", [624], b"\0" * 2496]))
    state = {"bit_generator": "MT19937", "state": {"key": key, "pos": 2**30}}
    return EXT(9, pack(["MT19937", state]))
# %% lowest
def lowest(f, xs):
    import numpy as np

    if f is abs:
        return 1.0
    f(np.random.Generator(np.random.MT19937(1)))
    return -1.0
