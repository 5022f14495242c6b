"""A generator makes the points; the first good one is taken from it."""


from itertools import islice


def points(optimizer, grad, theta):
    while True:
        yield theta
        theta = optimizer.step(theta, grad(theta))


def race(optimizers, loss, grad, theta0, tol, max_steps):
    result = {}
    for name, make in optimizers.items():
        run = enumerate(islice(points(make(), grad, theta0), max_steps + 1))
        result[name] = next((steps for steps, theta in run if loss(theta) <= tol), None)
    return result
