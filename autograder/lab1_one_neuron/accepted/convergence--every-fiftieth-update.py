"""Looks at every fiftieth update only"""


def converged(losses, ws, bs):
    steps = len(losses) - 1
    if steps == 0 or steps % 50:
        return 0
    return int(losses[-51] - losses[-1] < 0.02 * losses[-1])
