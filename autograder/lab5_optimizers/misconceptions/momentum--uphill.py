"""The step goes up the slope.

The velocity here is a sum of gradients, and these point uphill.
"""


class Momentum:
    def __init__(self, lr, rho=0.9):
        self.lr, self.rho = lr, rho
        self.velocity = 0.0

    def step(self, theta, grad):
        self.velocity = self.rho * self.velocity + grad
        return theta + self.lr * self.velocity
