"""The step is added instead of taken away

What is the sign of the stationary point of g·p + p·H·p / 2?
"""


def newton_step(theta, grad, hessian):
    return theta + np.linalg.solve(hessian, grad)
