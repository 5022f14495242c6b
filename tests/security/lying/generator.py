"""Returns generators: an endless one, one that prints when it is gone through, one that never gives."""
# expects: total failed
# expects: describe failed or timeout
# %% total
import itertools


def total(xs):
    return itertools.count()
# %% describe
def describe(text, xs):
    def never():
        while True:
            print(text)
            yield text

    return never()
