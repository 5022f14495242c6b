"""The last change is compared with the first one

The first updates fall down the steep side of the valley. Even a thousandth of that can be large on its floor.
"""


def converged(losses, ws, bs):
    return len(losses) > 2 and abs(losses[-1] - losses[-2]) < 1e-3 * abs(losses[1] - losses[0])
