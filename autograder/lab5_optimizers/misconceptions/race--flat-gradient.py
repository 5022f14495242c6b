"""A small gradient is taken for the goal.

The goal is about the loss. A gradient can be small where the loss is not, and the other way round.
"""


def race(optimizers, loss, grad, theta0, tol, max_steps):
    result = {}
    for name, make in optimizers.items():
        optimizer, theta = make(), theta0
        result[name] = None
        for steps in range(max_steps + 1):
            slope = grad(theta)
            if np.linalg.norm(slope) <= tol:
                result[name] = steps
                break
            if steps < max_steps:
                theta = optimizer.step(theta, slope)
    return result
