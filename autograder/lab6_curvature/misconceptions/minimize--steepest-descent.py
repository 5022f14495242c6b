"""The direction is minus the gradient

A line search alone does not bend the direction into the valley.
"""


def minimize(f, grad, theta0, memory=10, steps=100, tol=1e-8):
    theta, t = np.array(theta0, dtype=float), 1.0
    for _ in range(steps):
        g = grad(theta)
        if np.abs(g).max() <= tol:
            break
        t = backtracking(f, theta, -g, g, t=2 * t)
        theta = theta - t * g
    return theta
