"""BFGS with the whole matrix and a search of its own"""


def minimize(f, grad, theta0, memory=10, steps=100, tol=1e-8):
    n = len(theta0)
    theta, inverse = theta0 + 0.0, np.eye(n)
    g = grad(theta)
    for step in range(steps):
        if max(abs(g)) <= tol:
            return theta
        p = -(inverse @ g)
        t, here = 1.0, f(theta)
        while f(theta + t * p) > here + 1e-4 * t * (g @ p) and t > 1e-18:
            t /= 3
        s = t * p
        y = grad(theta + s) - g
        theta, g = theta + s, g + y
        if s @ y > 0:
            if step == 0:
                inverse = (s @ y) / (y @ y) * inverse
            left = np.eye(n) - np.outer(s, y) / (s @ y)
            inverse = left @ inverse @ left.T + np.outer(s, s) / (s @ y)
    return theta
