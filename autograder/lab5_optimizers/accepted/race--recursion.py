"""The steps that are still needed from here, by recursion."""


def steps_from(theta, optimizer, loss, grad, tol, left):
    if loss(theta) <= tol:
        return 0
    if left == 0:
        return None
    more = steps_from(optimizer.step(theta, grad(theta)), optimizer, loss, grad, tol, left - 1)
    return None if more is None else more + 1


def race(optimizers, loss, grad, theta0, tol, max_steps):
    return {name: steps_from(theta0, make(), loss, grad, tol, max_steps) for name, make in optimizers.items()}
