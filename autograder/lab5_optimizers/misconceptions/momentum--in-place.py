"""The parameters that were given are changed.

The operator -= writes into the caller's array. A step returns a new one.
"""


class Momentum:
    def __init__(self, lr, rho=0.9):
        self.lr, self.rho = lr, rho
        self.velocity = 0.0

    def step(self, theta, grad):
        self.velocity = self.rho * self.velocity + grad
        theta -= self.lr * self.velocity
        return theta
