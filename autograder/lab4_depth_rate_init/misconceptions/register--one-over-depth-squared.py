"""One over the square of the depth

The largest stable rate falls as one over the depth, and slower rates are too slow for deep nets.
"""


def choose_lr(depth, init):
    return 16 / depth**2 * min(1.0, (2 / init**depth) ** 2)
