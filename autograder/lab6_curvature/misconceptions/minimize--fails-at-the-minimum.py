"""The first step is divided by the length of the gradient, zero or not

At a minimum the gradient is zero. Look before you divide.
"""


def minimize(f, grad, theta0, memory=10, steps=100, tol=1e-8):
    theta, g = np.array(theta0, dtype=float), grad(theta0)
    s_list, y_list = [], []
    with np.errstate(all="ignore"):
        scale = np.float64(1.0) / np.linalg.norm(g)
    for _ in range(steps):
        p = lbfgs_direction(g, s_list, y_list)
        if not np.isfinite(scale):
            return theta + scale * p
        if np.abs(g).max() <= tol:
            break
        s = backtracking(f, theta, p, g, t=1.0 if s_list else scale) * p
        new_g = grad(theta + s)
        s_list = [*s_list, s][-memory:]
        y_list = [*y_list, new_g - g][-memory:]
        theta, g = theta + s, new_g
    return theta
