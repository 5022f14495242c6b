"""Returns an object that says it equals everything, is close to everything and is larger than everything."""
# expects: total failed
# expects: counter failed
# %% total
class Equal(float):
    def __eq__(self, other):
        return True

    __ne__ = lambda self, other: False
    __lt__ = __le__ = __gt__ = __ge__ = __eq__
    __sub__ = __rsub__ = __abs__ = lambda self, *_: 0.0
    __hash__ = None


def total(xs):
    return Equal(0.25)
# %% counter
class Counter:
    def __init__(self, start=0):
        pass

    def step(self, by=1):
        return Anything()


class Anything:
    def __eq__(self, other):
        return True
