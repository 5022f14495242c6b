"""Optimizers that do not arrive are left out of the result.

They belong there too, with None.
"""


def race(optimizers, loss, grad, theta0, tol, max_steps):
    result = {}
    for name, make in optimizers.items():
        optimizer, theta = make(), theta0
        for steps in range(max_steps + 1):
            if loss(theta) <= tol:
                result[name] = steps
                break
            if steps < max_steps:
                theta = optimizer.step(theta, grad(theta))
    return result
