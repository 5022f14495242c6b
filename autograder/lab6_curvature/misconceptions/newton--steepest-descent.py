"""The step goes straight down the slope

That is gradient descent. Newton looks at the bend as well.
"""


def newton_step(theta, grad, hessian):
    return theta - grad
