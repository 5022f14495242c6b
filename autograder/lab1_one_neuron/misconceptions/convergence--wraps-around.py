"""A start alone is compared with itself

With an index that is cut off at zero the change of a history of length 1 is zero: the rule says yes before
anything has happened.
"""


def converged(losses, ws, bs):
    last, before = losses[-1], losses[max(len(losses) - 2, 0)]
    return abs(last - before) < 1e-4 * before
