"""The step is half as long as it should be

The second-order term has a one half in it. What is left of it after taking the derivative?
"""


def newton_step(theta, grad, hessian):
    return theta - np.linalg.solve(hessian, grad) / 2
