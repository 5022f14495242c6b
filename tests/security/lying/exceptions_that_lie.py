"""Raises exceptions that claim to be those by which a test ends well, from classes with hostile names and bases."""
# expects: total raised or failed
# %% total
class Meta(type):
    __mro__ = property(lambda cls: (cls,))
    __name__ = property(lambda cls: "Passed" * 1000)


Passed = Meta("Passed", (BaseException,), {"__module__": "builtins"})


def total(xs):
    raise Passed("passed")
