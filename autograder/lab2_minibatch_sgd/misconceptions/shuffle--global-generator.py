"""Chance comes from NumPy's global functions, not from rng.

np.random.permutation does not know rng, so a run cannot be repeated from rng's seed.
"""


def shuffled(x, y, rng):
    order = np.random.permutation(len(x))
    return x[order], y[order]
