"""The place is returned instead of the length

The answer is the number t.
"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    here, slope = f(theta), grad @ direction
    while not f(theta + t * direction) <= here + c * t * slope:
        t = t * shrink
    return theta + t * direction
