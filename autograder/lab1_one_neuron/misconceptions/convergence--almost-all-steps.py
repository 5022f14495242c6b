"""Nearly all the updates that there are get used up

A rule that only counts does not look at the training at all.
"""


def converged(losses, ws, bs):
    return len(losses) >= 999
