"""theta is moved while searching

An in-place operator writes into the array that was given; put back by arithmetic it is not what it was.
"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    here, slope = f(theta), grad @ direction
    theta += t * direction
    while not f(theta) <= here + c * t * slope:
        theta -= t * (1 - shrink) * direction
        t = t * shrink
    return t
