"""Each try starts where the last one ended

All lengths are measured from the same theta.
"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    here, slope, place = f(theta), grad @ direction, theta + t * direction
    while t > 1e-16 and not f(place) <= here + c * t * slope:
        t = t * shrink
        place = place + t * direction
    return t
