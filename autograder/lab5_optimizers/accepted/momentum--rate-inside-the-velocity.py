"""What is remembered is the last change of the parameters, with the rate in it."""


class Momentum:
    def __init__(self, lr, rho=0.9):
        self.lr, self.rho = lr, rho
        self.change = 0.0

    def step(self, theta, grad):
        self.change = self.rho * self.change - self.lr * grad
        return theta + self.change
