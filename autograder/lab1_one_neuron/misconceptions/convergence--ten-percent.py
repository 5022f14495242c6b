"""A change of ten percent is taken for none

Near the end the loss falls by a little in each update, for hundreds of updates. Add these little steps up.
"""


def converged(losses, ws, bs):
    return len(losses) > 1 and abs(losses[-1] - losses[-2]) < 0.1 * losses[-2]
