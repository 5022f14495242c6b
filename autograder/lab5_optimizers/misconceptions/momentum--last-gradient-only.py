"""Only the last gradient is remembered, not the whole velocity.

The velocity holds a trace of all gradients so far, because it is made from the velocity before.
"""


class Momentum:
    def __init__(self, lr, rho=0.9):
        self.lr, self.rho = lr, rho
        self.velocity = 0.0

    def step(self, theta, grad):
        velocity = self.rho * self.velocity + grad
        self.velocity = grad
        return theta - self.lr * velocity
