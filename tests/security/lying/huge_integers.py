"""Returns integers of a million digits, alone, as keys and as bounds of a range."""
# expects: total protocol or raised or timeout
# expects: lowest protocol or failed or raised
# %% total
def total(xs):
    return 10**1_000_000
# %% lowest
def lowest(f, xs):
    return range(-(10**5000), 10**5000)
