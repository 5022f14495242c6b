"""The arrays that were given are shuffled themselves.

A caller who holds x and y finds them in another order afterwards. Return new arrays and leave the given ones alone.
"""


def shuffled(x, y, rng):
    order = rng.permutation(len(x))
    x[:], y[:] = x[order], y[order]
    return x, y
