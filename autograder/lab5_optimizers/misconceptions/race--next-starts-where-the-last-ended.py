"""Each optimizer starts where the one before it ended.

All of them start from theta0; give the moving point a name of its own.
"""


def race(optimizers, loss, grad, theta0, tol, max_steps):
    result = {}
    for name, make in optimizers.items():
        optimizer = make()
        result[name] = None
        for steps in range(max_steps + 1):
            if loss(theta0) <= tol:
                result[name] = steps
                break
            if steps < max_steps:
                theta0 = optimizer.step(theta0, grad(theta0))
    return result
