"""The first length is never tried

When the first length is good enough it is the answer.
"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    here, slope = f(theta), grad @ direction
    t = t * shrink
    while not f(theta + t * direction) <= here + c * t * slope:
        t = t * shrink
    return t
