"""The loss may even rise a little

The slope along a direction that goes down is negative: adding a part of it lowers the bound.
"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    here, slope = f(theta), grad @ direction
    while not f(theta + t * direction) <= here - c * t * slope:
        t = t * shrink
    return t
