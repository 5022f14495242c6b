"""The gradient is multiplied with the Hessian

Where the ground bends more, should the step be longer or shorter?
"""


def newton_step(theta, grad, hessian):
    return theta - hessian @ grad
