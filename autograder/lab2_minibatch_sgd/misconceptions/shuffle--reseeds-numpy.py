"""NumPy's global generator is seeded on the way.

The result follows rng, but everybody else who uses numpy.random gets other numbers afterwards. rng itself can draw an order.
"""


def shuffled(x, y, rng):
    np.random.seed(rng.integers(2**32))
    order = np.random.permutation(len(x))
    return x[order], y[order]
