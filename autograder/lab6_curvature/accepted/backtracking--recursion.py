"""Recursion on the length"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    bound = f(theta) + c * t * np.dot(grad, direction)
    if f(theta + t * direction) <= bound:
        return t
    return backtracking(f, theta, direction, grad, t * shrink, shrink, c)
