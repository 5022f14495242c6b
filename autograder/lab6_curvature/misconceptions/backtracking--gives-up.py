"""The search gives up after fifty lengths

However small the length has to be, the loop goes on until the condition holds.
"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    here, slope = f(theta), grad @ direction
    for _ in range(50):
        if f(theta + t * direction) <= here + c * t * slope:
            break
        t = t * shrink
    return t
