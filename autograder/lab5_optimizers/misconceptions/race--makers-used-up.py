"""The functions in the dictionary are replaced by what they made.

The caller's dictionary is changed, and the next race goes on with optimizers that have been used.
"""


def race(optimizers, loss, grad, theta0, tol, max_steps):
    result = {}
    for name in optimizers:
        if not hasattr(optimizers[name], "velocity"):
            optimizers[name] = optimizers[name]()
        theta = theta0
        result[name] = None
        for steps in range(max_steps + 1):
            if loss(theta) <= tol:
                result[name] = steps
                break
            if steps < max_steps:
                theta = optimizers[name].step(theta, grad(theta))
    return result
