"""The step is returned, not where it leads

The answer is the new theta.
"""


def newton_step(theta, grad, hessian):
    return -np.linalg.solve(hessian, grad)
