"""The race ends for all when the first one arrives.

Everyone may go on until the goal or max_steps.
"""


def race(optimizers, loss, grad, theta0, tol, max_steps):
    runners = {name: make() for name, make in optimizers.items()}
    places = dict.fromkeys(optimizers, theta0)
    for steps in range(max_steps + 1):
        arrived = [name for name in runners if loss(places[name]) <= tol]
        if arrived:
            return {name: steps if name in arrived else None for name in runners}
        places = {name: runners[name].step(theta, grad(theta)) for name, theta in places.items()}
    return dict.fromkeys(optimizers)
