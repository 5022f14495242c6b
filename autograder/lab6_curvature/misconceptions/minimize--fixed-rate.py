"""A fixed learning rate is used

One rate for all losses is too large for some and too small for others.
"""


def minimize(f, grad, theta0, memory=10, steps=100, tol=1e-8):
    theta = np.array(theta0, dtype=float)
    for _ in range(steps):
        g = grad(theta)
        if np.abs(g).max() <= tol:
            break
        theta = theta - 1e-3 * g
    return theta
