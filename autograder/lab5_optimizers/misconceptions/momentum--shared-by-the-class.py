"""The velocity belongs to the class, so that all optimizers share one.

An attribute of the class is the same for all its objects; each ball needs a velocity of its own, in self.
"""


class Momentum:
    velocity = 0.0

    def __init__(self, lr, rho=0.9):
        self.lr, self.rho = lr, rho

    def step(self, theta, grad):
        Momentum.velocity = self.rho * Momentum.velocity + grad
        return theta - self.lr * Momentum.velocity
