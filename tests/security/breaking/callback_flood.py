"""Calls the test's function back for as long as it can."""
# expects: lowest limit
# %% lowest
def lowest(f, xs):
    while f is not abs:
        f(1.0)
    return 1.0
