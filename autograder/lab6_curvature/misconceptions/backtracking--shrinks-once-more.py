"""The length after the good one is returned

Test, then shrink: which length had the loss that passed?
"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    here, slope = f(theta), grad @ direction
    while True:
        good = f(theta + t * direction) <= here + c * t * slope
        t = t * shrink
        if good:
            return t
