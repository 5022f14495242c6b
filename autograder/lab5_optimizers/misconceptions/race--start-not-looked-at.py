"""The loss is looked at only after an update, never at the start.

A start that is good enough needs 0 updates.
"""


def race(optimizers, loss, grad, theta0, tol, max_steps):
    result = {}
    for name, make in optimizers.items():
        optimizer, theta = make(), theta0
        result[name] = None
        for steps in range(1, max_steps + 1):
            theta = optimizer.step(theta, grad(theta))
            if loss(theta) <= tol:
                result[name] = steps
                break
    return result
