"""The step is made with the old velocity, before the gradient is added.

Which comes first, the new velocity or the new parameters? Look at the index of v in the second half of the equation.
"""


class Momentum:
    def __init__(self, lr, rho=0.9):
        self.lr, self.rho = lr, rho
        self.velocity = 0.0

    def step(self, theta, grad):
        new = theta - self.lr * self.velocity
        self.velocity = self.rho * self.velocity + grad
        return new
