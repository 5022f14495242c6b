"""It stops when the loss hardly changes

On the floor of a valley the loss changes little, and the way is still long. The gradient is what should be small.
"""


def minimize(f, grad, theta0, memory=10, steps=100, tol=1e-8):
    theta, g = np.array(theta0, dtype=float), grad(theta0)
    s_list, y_list = [], []
    for _ in range(steps):
        p = lbfgs_direction(g, s_list, y_list)
        s = backtracking(f, theta, p, g) * p
        new_g = grad(theta + s)
        s_list = [*s_list, s][-memory:]
        y_list = [*y_list, new_g - g][-memory:]
        if abs(f(theta + s) - f(theta)) <= 1e-3:
            break
        theta, g = theta + s, new_g
    return theta
