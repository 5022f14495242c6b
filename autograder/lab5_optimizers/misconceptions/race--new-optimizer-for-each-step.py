"""A new optimizer is made for every step, so none of them remembers anything.

Make one at the start of its race and keep it to the end.
"""


def race(optimizers, loss, grad, theta0, tol, max_steps):
    result = {}
    for name, make in optimizers.items():
        theta = theta0
        result[name] = None
        for steps in range(max_steps + 1):
            if loss(theta) <= tol:
                result[name] = steps
                break
            theta = make().step(theta, grad(theta))
    return result
