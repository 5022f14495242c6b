"""A QR factorization"""


def newton_step(theta, grad, hessian):
    q, r = np.linalg.qr(hessian)
    return theta + np.linalg.solve(r, -(q.T @ grad))
