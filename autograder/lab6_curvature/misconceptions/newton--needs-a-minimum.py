"""The solver works for positive definite matrices only

At a saddle the Hessian has negative eigenvalues, and no Cholesky factor.
"""


def newton_step(theta, grad, hessian):
    lower = np.linalg.cholesky(hessian)
    return theta - np.linalg.solve(lower.T, np.linalg.solve(lower, grad))
