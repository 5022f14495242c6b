"""No new best by a thousandth for ten updates; the best is an attribute of the function"""


def converged(losses, ws, bs):
    if len(losses) == 1:
        converged.best, converged.since = losses[0], 0
        return False
    if losses[-1] < 0.999 * converged.best:
        converged.best, converged.since = losses[-1], 0
    else:
        converged.since += 1
    return converged.since >= 10
