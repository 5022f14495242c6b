"""Any fall is accepted

Steps that lower the loss by less and less may end up nowhere. What does c ask for?
"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    here = f(theta)
    while not f(theta + t * direction) < here:
        t = t * shrink
    return t
