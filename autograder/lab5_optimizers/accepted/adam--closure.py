"""A function with a closure in place of a class; the powers of beta are carried along."""


from types import SimpleNamespace


def Adam(lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    memory = {"m": 0.0, "v": 0.0, "power1": 1.0, "power2": 1.0}

    def step(theta, grad):
        memory["m"] += (1 - beta1) * (grad - memory["m"])
        memory["v"] += (1 - beta2) * (grad * grad - memory["v"])
        memory["power1"] *= beta1
        memory["power2"] *= beta2
        m, v = memory["m"] / (1 - memory["power1"]), memory["v"] / (1 - memory["power2"])
        return theta - lr * m / (v**0.5 + eps)

    return SimpleNamespace(step=step)
