"""Returns a range that takes years to go through where a list is expected."""
# expects: describe raised or failed
# expects: total raised or failed
# %% describe
def describe(text, xs):
    return {"text": text.upper(), "ends": range(10**18)}
# %% total
def total(xs):
    return range(2**62)
