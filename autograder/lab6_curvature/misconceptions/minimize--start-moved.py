"""The start of the caller is moved

An in-place operator writes into the array that was given.
"""


def minimize(f, grad, theta0, memory=10, steps=100, tol=1e-8):
    theta, g = theta0, grad(theta0)
    s_list, y_list = [], []
    for _ in range(steps):
        if np.abs(g).max() <= tol:
            break
        p = lbfgs_direction(g, s_list, y_list)
        s = backtracking(f, theta, p, g) * p
        new_g = grad(theta + s)
        s_list = [*s_list, s][-memory:]
        y_list = [*y_list, new_g - g][-memory:]
        theta += s
        g = new_g
    return theta
