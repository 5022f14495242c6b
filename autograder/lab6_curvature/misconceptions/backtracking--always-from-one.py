"""The search always begins with length 1

The argument t is the first length to try.
"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    here, slope, length = f(theta), grad @ direction, 1.0
    while not f(theta + length * direction) <= here + c * length * slope:
        length = length * shrink
    return length
