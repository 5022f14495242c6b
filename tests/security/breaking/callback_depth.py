"""Calls the test's function with a function of its own that calls it again, without end."""
# expects: lowest limit or raised or failed or timeout
# %% lowest
def lowest(f, xs):
    if f is abs:
        return 1.0

    class Again:
        def __rsub__(self, other):
            return f(self)

        __sub__ = __mul__ = __rmul__ = __pow__ = __rsub__

        def __array__(self, *args, **kwargs):
            return f(self)

        def __len__(self):
            return f(self)

        def __iter__(self):
            return f(self)

        def __getitem__(self, key):
            return f(self)

    return f(Again())
