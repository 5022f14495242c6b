"""The bound takes the direction for steepest descent

The square of the gradient is the slope along minus the gradient. Other directions have another slope.
"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    here, square = f(theta), grad @ grad
    while not f(theta + t * direction) <= here - c * t * square:
        t = t * shrink
    return t
