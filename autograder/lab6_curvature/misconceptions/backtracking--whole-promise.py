"""All of the promised fall is asked for

Where the loss bends upwards no step keeps the whole promise of the tangent, except by rounding.
"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    here, slope = f(theta), grad @ direction
    while not f(theta + t * direction) <= here + t * slope and t > 1e-16:
        t = t * shrink
    return t
