"""The learning rate is applied twice.

It may stand inside the velocity or outside of it, but only once.
"""


class Momentum:
    def __init__(self, lr, rho=0.9):
        self.lr, self.rho = lr, rho
        self.velocity = 0.0

    def step(self, theta, grad):
        self.velocity = self.rho * self.velocity + self.lr * grad
        return theta - self.lr * self.velocity
