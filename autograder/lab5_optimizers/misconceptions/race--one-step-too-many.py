"""One update more than max_steps is allowed.

The goal must be reached after at most max_steps updates.
"""


def race(optimizers, loss, grad, theta0, tol, max_steps):
    result = {}
    for name, make in optimizers.items():
        optimizer, theta, steps = make(), theta0, 0
        while not loss(theta) <= tol and steps <= max_steps:
            theta = optimizer.step(theta, grad(theta))
            steps += 1
        result[name] = steps if loss(theta) <= tol else None
    return result
