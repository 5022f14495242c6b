"""Returns lists nested a hundred thousand deep, past every codec's stack."""
# expects: total raised
# %% total
def total(xs):
    result = []
    for _ in range(100_000):
        result = [result]
    return result
