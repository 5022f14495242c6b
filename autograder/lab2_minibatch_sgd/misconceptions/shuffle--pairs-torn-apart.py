"""x and y are shuffled each in an order of its own.

Each call draws a new order. Draw one order of the places, and use it for both arrays.
"""


def shuffled(x, y, rng):
    return rng.permutation(x), rng.permutation(y)
