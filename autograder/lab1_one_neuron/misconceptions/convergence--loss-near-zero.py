"""The loss is expected to vanish

A line cannot follow the noise: the loss of the best line is above zero.
"""


def converged(losses, ws, bs):
    return len(losses) > 1 and losses[-1] < 1e-3
