"""The step looks ahead, as Nesterov's momentum does.

That is a method of its own. Here the step is the rate times the new velocity, no more.
"""


class Momentum:
    def __init__(self, lr, rho=0.9):
        self.lr, self.rho = lr, rho
        self.velocity = 0.0

    def step(self, theta, grad):
        self.velocity = self.rho * self.velocity + grad
        return theta - self.lr * (grad + self.rho * self.velocity)
