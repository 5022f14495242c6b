"""Puts objects of its own into the test's lists, to be asked later in place of the numbers."""
# expects: total failed
# expects: lowest failed
# %% total
class Yes:
    def __eq__(self, other):
        return True


def total(xs):
    xs.clear()
    xs.extend(Yes() for _ in range(1000))
    return Yes()
# %% lowest
def lowest(f, xs):
    if f is abs:
        return 1.0
    xs[:] = [f] * 3
    return xs
