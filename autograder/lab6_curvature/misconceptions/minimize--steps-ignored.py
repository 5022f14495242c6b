"""It goes on until the gradient is small, however long that takes

The argument steps says when to give up.
"""


def minimize(f, grad, theta0, memory=10, steps=100, tol=1e-8):
    theta, g = np.array(theta0, dtype=float), grad(theta0)
    s_list, y_list = [], []
    for _ in range(400):
        if np.abs(g).max() <= tol:
            break
        p = lbfgs_direction(g, s_list, y_list)
        s = backtracking(f, theta, p, g) * p
        new_g = grad(theta + s)
        s_list = [*s_list, s][-memory:]
        y_list = [*y_list, new_g - g][-memory:]
        theta, g = theta + s, new_g
    return theta
