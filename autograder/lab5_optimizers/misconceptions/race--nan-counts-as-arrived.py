"""A run that blows up to nan is taken for one that has arrived.

Every comparison with nan is false, so a loop that runs while the loss is above the goal ends there.
"""


def race(optimizers, loss, grad, theta0, tol, max_steps):
    result = {}
    for name, make in optimizers.items():
        optimizer, theta, steps = make(), theta0, 0
        while loss(theta) > tol and steps < max_steps:
            theta = optimizer.step(theta, grad(theta))
            steps += 1
        result[name] = None if loss(theta) > tol else steps
    return result
