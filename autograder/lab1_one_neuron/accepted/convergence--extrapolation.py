"""What is left to gain, from the last two changes as a geometric series"""


def converged(losses, ws, bs):
    if len(losses) < 30:
        return False
    last, before = losses[-2] - losses[-1], losses[-3] - losses[-2]
    ratio = last / before
    return ratio < 1 and last * ratio / (1 - ratio) < 0.05 * losses[-1]
