"""Negative curvatures are turned into positive ones

That is a good idea for a minimizer, but another method: this step goes to the stationary point, whatever its kind.
"""


def newton_step(theta, grad, hessian):
    curvatures, directions = np.linalg.eigh(hessian)
    return theta - directions @ ((directions.T @ grad) / np.abs(curvatures))
