"""The lengths are tried along minus the gradient

The loss has to be looked at along the direction that was given.
"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    here, slope = f(theta), grad @ direction
    while not f(theta - t * grad) <= here + c * t * slope:
        t = t * shrink
    return t
