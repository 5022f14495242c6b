"""Newton with a Hessian from differences of the gradient, curvatures made positive"""


def minimize(f, grad, theta0, memory=10, steps=100, tol=1e-8):
    theta = np.array(theta0, dtype=float)
    for _ in range(steps):
        g = grad(theta)
        if np.abs(g).max() <= tol:
            break
        columns = [(grad(theta + row) - grad(theta - row)) / 2e-5 for row in 1e-5 * np.eye(len(theta))]
        curvatures, directions = np.linalg.eigh((np.array(columns) + np.array(columns).T) / 2)
        p = -directions @ (directions.T @ g / np.maximum(np.abs(curvatures), 1e-6))
        t, here = 1.0, f(theta)
        while not f(theta + t * p) <= here + 1e-4 * t * (g @ p) and t > 1e-15:
            t *= 0.5
        theta = theta + t * p
    return theta
