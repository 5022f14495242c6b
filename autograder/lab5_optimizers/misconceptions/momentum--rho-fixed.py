"""The velocity decays by 0.9 whatever rho is.

Use the setting that the object was made with.
"""


class Momentum:
    def __init__(self, lr, rho=0.9):
        self.lr, self.rho = lr, rho
        self.velocity = 0.0

    def step(self, theta, grad):
        self.velocity = 0.9 * self.velocity + grad
        return theta - self.lr * self.velocity
