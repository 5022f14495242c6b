"""Loops for ever and swallows every exception that an interrupt could be."""
# expects: draw timeout
# %% draw
def draw(rng, n):
    while n == 4:
        try:
            while True:
                pass
        except BaseException:
            pass
    return rng.normal(size=n)
