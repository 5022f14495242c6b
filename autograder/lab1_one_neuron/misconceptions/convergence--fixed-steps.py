"""A fixed number of updates is made

The number that suits one data set is too small or wasted on the next. What do the histories tell?
"""


def converged(losses, ws, bs):
    return len(losses) > 500
