"""Newton, damped until the loss falls"""


def minimize(f, grad, theta0, memory=10, steps=100, tol=1e-8):
    theta, damping, taken = np.array(theta0, dtype=float), 1e-3, 0
    g = grad(theta)
    while taken < steps and np.abs(g).max() > tol:
        hessian = np.array([(grad(theta + e) - grad(theta - e)) / 2e-5 for e in 1e-5 * np.eye(len(g))])
        while damping < 1e16:
            try:
                np.linalg.cholesky(hessian + damping * np.eye(len(g)))
                new = theta - np.linalg.solve(hessian + damping * np.eye(len(g)), g)
                if f(new) < f(theta):
                    break
            except np.linalg.LinAlgError:
                pass
            damping = 4 * damping
        else:
            return theta
        theta, damping, taken = new, damping / 10, taken + 1
        g = grad(theta)
    return theta
