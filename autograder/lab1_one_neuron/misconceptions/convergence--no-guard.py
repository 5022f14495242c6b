"""The rule fails where there is only the start

A history of length 1 has no entry before the last.
"""


def converged(losses, ws, bs):
    return abs(losses[-1] - losses[-2]) < 1e-4 * losses[-2]
