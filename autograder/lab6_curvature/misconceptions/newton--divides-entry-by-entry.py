"""The gradient is divided by the Hessian entry by entry

A quotient of a vector and a matrix, entry by entry, is a matrix. You want the vector that the Hessian turns into the gradient.
"""


def newton_step(theta, grad, hessian):
    return theta - (grad / hessian).sum(axis=1)
