"""The factor that is asked for is not used

The argument shrink says how much shorter the next length is.
"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    here, slope = f(theta), grad @ direction
    while not f(theta + t * direction) <= here + c * t * slope:
        t = t / 2
    return t
