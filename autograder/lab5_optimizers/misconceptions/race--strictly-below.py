"""The loss has to fall below the goal, where it only has to reach it.

At most tol means <=.
"""


def race(optimizers, loss, grad, theta0, tol, max_steps):
    result = {}
    for name, make in optimizers.items():
        optimizer, theta = make(), theta0
        result[name] = None
        for steps in range(max_steps + 1):
            if loss(theta) < tol:
                result[name] = steps
                break
            theta = optimizer.step(theta, grad(theta))
    return result
