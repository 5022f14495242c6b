"""Loops for ever in a cell, and in a test."""
# expects: total missing
# expects: lowest timeout
# flag: cell-timeout
# %% total
while True:
    pass
# %% lowest
def lowest(f, xs):
    while f is not abs:
        pass
    return 1.0
# %% twice
def twice(xs):
    return 2 * sum(xs) if len(xs) == 1 else 2 * total(xs)
