"""The velocity is summed up anew in each step, from all gradients so far."""


class Momentum:
    def __init__(self, lr, rho=0.9):
        self.lr, self.rho = lr, rho
        self.grads = []

    def step(self, theta, grad):
        self.grads.append(np.array(grad))
        velocity = sum(self.rho**age * old for age, old in enumerate(reversed(self.grads)))
        return theta - self.lr * velocity
