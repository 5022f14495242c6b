"""A run is given up as soon as its loss rises.

A ball with speed may climb for a while and still arrive.
"""


def race(optimizers, loss, grad, theta0, tol, max_steps):
    result = {}
    for name, make in optimizers.items():
        optimizer, theta = make(), theta0
        result[name] = None
        before = loss(theta)
        for steps in range(max_steps + 1):
            now = loss(theta)
            if now <= tol:
                result[name] = steps
                break
            if now > before:
                break
            if steps < max_steps:
                theta, before = optimizer.step(theta, grad(theta)), now
    return result
