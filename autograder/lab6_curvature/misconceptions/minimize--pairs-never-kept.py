"""The pairs are never stored

Without pairs the direction is minus the gradient for ever.
"""


def minimize(f, grad, theta0, memory=10, steps=100, tol=1e-8):
    theta, g = np.array(theta0, dtype=float), grad(theta0)
    s_list, y_list = [], []
    for _ in range(steps):
        if np.abs(g).max() <= tol:
            break
        p = lbfgs_direction(g, s_list, y_list)
        s = backtracking(f, theta, p, g) * p
        new_g = grad(theta + s)
        theta, g = theta + s, new_g
    return theta
