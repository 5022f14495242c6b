"""The data are only turned round, like a wheel.

Starting at a random place and going round keeps all neighbours together. Every order must be possible.
"""


def shuffled(x, y, rng):
    shift = rng.integers(len(x))
    return np.roll(x, shift), np.roll(y, shift)
