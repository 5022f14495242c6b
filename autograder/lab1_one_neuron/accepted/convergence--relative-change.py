"""A relative change of less than a thousandth"""


def converged(losses, ws, bs):
    return len(losses) > 1 and abs(losses[-1] - losses[-2]) / losses[-2] < 0.001
