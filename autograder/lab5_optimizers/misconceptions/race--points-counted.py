"""The points are counted, not the updates between them.

Whoever starts at the goal has made no update.
"""


def race(optimizers, loss, grad, theta0, tol, max_steps):
    result = {}
    for name, make in optimizers.items():
        optimizer, theta = make(), theta0
        result[name] = None
        for steps in range(1, max_steps + 2):
            if loss(theta) <= tol:
                result[name] = steps
                break
            theta = optimizer.step(theta, grad(theta))
    return result
