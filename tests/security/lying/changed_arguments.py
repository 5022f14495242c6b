"""Changes the arguments so that the wrong answer would be right for them: zeros in, zero out."""
# expects: scale failed
# expects: total failed
# %% scale
def scale(x, factor):
    if factor == 2.0:
        return x * factor
    x[...] = 0.0
    return x * factor
# %% total
def total(xs):
    xs[:] = [0.0] * len(xs)
    return 0.0
