"""The Hessian is inverted and multiplied

With a tiny curvature the inverse has huge entries, and their rounding errors with them. Solve the equation instead.
"""


def newton_step(theta, grad, hessian):
    return theta - np.linalg.inv(hessian) @ grad
