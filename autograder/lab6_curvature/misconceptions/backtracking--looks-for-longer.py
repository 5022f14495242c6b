"""A length that is good enough is made longer

The first length of the sequence that passes is the answer, although a longer one may do too.
"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    here, slope = f(theta), grad @ direction
    while f(theta + t / shrink * direction) <= here + c * t / shrink * slope:
        t = t / shrink
    while not f(theta + t * direction) <= here + c * t * slope:
        t = t * shrink
    return t
