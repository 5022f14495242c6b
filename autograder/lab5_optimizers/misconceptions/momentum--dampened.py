"""The gradient is multiplied by 1 − rho before it is added.

That makes an average of the gradients. The velocity is a sum: what does the first step have to be?
"""


class Momentum:
    def __init__(self, lr, rho=0.9):
        self.lr, self.rho = lr, rho
        self.velocity = 0.0

    def step(self, theta, grad):
        self.velocity = self.rho * self.velocity + (1 - self.rho) * grad
        return theta - self.lr * self.velocity
