"""Returns True and 1-character answers where a number is expected, and numbers where arrays are."""
# expects: total failed
# expects: scale failed
# expects: lowest failed
# %% total
def total(xs):
    return True
# %% scale
def scale(x, factor):
    return 1.0 if factor != 2.0 else x * factor
# %% lowest
def lowest(f, xs):
    return "0"
