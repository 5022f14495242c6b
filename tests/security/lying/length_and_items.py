"""Returns an object that lies about its length, its items and its class, and asks its caller to go through itself."""
# expects: total failed or raised or timeout
# expects: describe failed or raised or timeout or limit
# %% total
class Hall:
    def __len__(self):
        return -1

    def __getitem__(self, key):
        return self

    def __iter__(self):
        return iter([self, self])

    __class__ = float
    __float__ = lambda self: 40955.0


def total(xs):
    return Hall()
# %% describe
class Map(dict):
    def items(self):
        return [(self, self)]

    def keys(self):
        return iter(int, 1)

    def __iter__(self):
        return iter(int, 1)


def describe(text, xs):
    return Map(text=text)
