"""A change of one percent per update is taken for none

One percent in each of a hundred updates is more than half of the loss.
"""


def converged(losses, ws, bs):
    return len(losses) > 1 and abs(losses[-1] - losses[-2]) < 0.01 * losses[-2]
