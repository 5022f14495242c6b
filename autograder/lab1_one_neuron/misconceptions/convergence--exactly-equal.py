"""Two losses have to be exactly equal

Each update gains a fixed part of what is left to gain: there is always a little left.
"""


def converged(losses, ws, bs):
    return len(losses) > 1 and losses[-1] == losses[-2]
