"""A fall counts as no change

The difference of two losses has a sign. For a loss that falls, which of the two signs do you get?
"""


def converged(losses, ws, bs):
    return len(losses) > 1 and losses[-1] - losses[-2] < 1e-4
