"""Calls functions of the test's by numbers that were never given out, and after their call is over."""
# expects: lowest protocol
# %% lowest
import gc

from allclose.sandbox import child

kept = []


def lowest(f, xs):
    if f is abs:
        return 1.0
    for number in (0, -1, 2**70, f.number + 1):
        f._child.alive.add(number)
        try:
            child._Stub(f._child, number)(1.0)
        except Exception:
            pass
    return min(f(x) for x in xs)
