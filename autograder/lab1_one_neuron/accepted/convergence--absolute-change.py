"""An absolute change of less than a hundred-thousandth"""


def converged(losses, ws, bs):
    if len(losses) < 2:
        return False
    return abs(losses[-1] - losses[-2]) < 1e-5
