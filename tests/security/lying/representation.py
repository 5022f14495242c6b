"""Returns objects whose repr, str, hash and attributes recurse without end or end the process."""
# expects: total failed
# expects: describe raised or failed
# %% total
import os


class Bottomless:
    def __repr__(self):
        return repr(self)

    def __str__(self):
        os._exit(0)

    def __hash__(self):
        return hash(self)

    def __getattr__(self, name):
        return getattr(self, name + "_")


def total(xs):
    return Bottomless()
# %% describe
class Loud(Exception):
    def __str__(self):
        return str(self)

    __repr__ = __str__


def describe(text, xs):
    if text in "ab":
        return {"text": text.upper(), "ends": (xs[0], xs[-1])}
    raise Loud
