"""The bound does not depend on the length

A shorter step promises less. Does your bound move when t does?
"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    bound = f(theta) + c * t * (grad @ direction)
    while t > 1e-16 and not f(theta + t * direction) <= bound:
        t = t * shrink
    return t
