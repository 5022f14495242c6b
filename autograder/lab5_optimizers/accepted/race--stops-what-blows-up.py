"""A run is stopped when its loss is no longer a finite number."""


import math


def race(optimizers, loss, grad, theta0, tol, max_steps):
    result = dict.fromkeys(optimizers)
    for name in optimizers:
        optimizer, theta, steps = optimizers[name](), np.copy(theta0), 0
        value = float(loss(theta))
        while math.isfinite(value) and value > tol and steps < max_steps:
            theta = optimizer.step(theta, grad(theta))
            value = float(loss(theta))
            steps += 1
        if math.isfinite(value) and value <= tol:
            result[name] = steps
    return result
