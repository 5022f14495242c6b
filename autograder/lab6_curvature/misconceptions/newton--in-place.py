"""The theta of the caller is moved

An in-place operator writes into the array that was given.
"""


def newton_step(theta, grad, hessian):
    theta -= np.linalg.solve(hessian, grad)
    return theta
