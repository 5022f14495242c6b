"""The order in which random numbers would be sorted."""


def shuffled(x, y, rng):
    order = np.argsort(rng.random(len(x)))
    return np.take(x, order), np.take(y, order)
