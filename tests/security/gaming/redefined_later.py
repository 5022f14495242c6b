"""Redefines earlier answers further down, behind their public checks, to wrong ones and to spies: neither counts."""
# %% cell
def total(xs):
    print("GOT-" + "THROUGH")
    return 0.25


scale = describe = Counter = lowest = draw = plot = None
