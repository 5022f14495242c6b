"""The velocity is multiplied by 1 − rho instead of rho.

rho is the part of the speed that is kept: with 0.9 the ball loses a tenth.
"""


class Momentum:
    def __init__(self, lr, rho=0.9):
        self.lr, self.rho = lr, rho
        self.velocity = 0.0

    def step(self, theta, grad):
        self.velocity = (1 - self.rho) * self.velocity + grad
        return theta - self.lr * self.velocity
