"""Computes for years inside one call to C, where no interrupt is looked at."""
# expects: draw timeout or limit
# %% draw
def draw(rng, n):
    if n == 4:
        sum(range(10**14))
    return rng.normal(size=n)
