"""Divide by the curvature along each eigenvector"""


def newton_step(theta, grad, hessian):
    curvatures, directions = np.linalg.eigh(hessian)
    return theta - directions @ ((directions.T @ grad) / curvatures)
