"""A loop that asks for finite values first"""


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    here = f(theta)
    while True:
        there = f(theta + t * direction)
        if np.isfinite(there) and (there - here) / t <= c * (grad @ direction):
            return np.float64(t)
        t *= shrink
