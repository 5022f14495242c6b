"""A loss that is not a number is accepted

Every comparison with nan is false, so a loop that runs while the loss is above the bound ends there.
"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    here, slope = f(theta), grad @ direction
    while f(theta + t * direction) > here + c * t * slope:
        t = t * shrink
    return t
