"""After the last update nobody looks at the loss.

There is one point more than there are updates.
"""


def race(optimizers, loss, grad, theta0, tol, max_steps):
    result = {}
    for name, make in optimizers.items():
        optimizer, theta = make(), theta0
        result[name] = None
        for steps in range(max_steps):
            if loss(theta) <= tol:
                result[name] = steps
                break
            theta = optimizer.step(theta, grad(theta))
    return result
