"""Newton with conjugate gradients: products with the Hessian from differences"""


def minimize(f, grad, theta0, memory=10, steps=100, tol=1e-8):
    def direction(theta, g):
        step, residual = np.zeros_like(g), -g
        p = residual
        for _ in range(2 * len(g)):
            if np.linalg.norm(residual) <= 1e-3 * min(1.0, np.linalg.norm(g)) * np.linalg.norm(g):
                break
            h = 1e-6 / np.linalg.norm(p)
            product = (grad(theta + h * p) - grad(theta - h * p)) / (2 * h)
            bend = p @ product
            if bend <= 0:
                return step if step.any() else -g
            alpha = residual @ residual / bend
            step = step + alpha * p
            new = residual - alpha * product
            p = new + new @ new / (residual @ residual) * p
            residual = new
        return step

    theta, g = theta0.copy(), grad(theta0)
    for _ in range(steps):
        if np.abs(g).max() <= tol:
            break
        p = direction(theta, g)
        theta = theta + backtracking(f, theta, p, g) * p
        g = grad(theta)
    return theta
