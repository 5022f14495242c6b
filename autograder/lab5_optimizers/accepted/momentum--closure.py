"""A function that makes an object whose step remembers the velocity in a closure."""


from types import SimpleNamespace


def Momentum(lr, rho=0.9):
    velocity = None

    def step(theta, grad):
        nonlocal velocity
        velocity = np.array(grad) if velocity is None else rho * velocity + grad
        return theta - lr * velocity

    return SimpleNamespace(step=step)
