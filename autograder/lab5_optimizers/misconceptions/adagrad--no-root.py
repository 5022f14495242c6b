"""The rate is divided by the sum of the squares, without the root.

The gradient must be divided by something in its own units: the root of the sum.
"""


class AdaGrad:
    def __init__(self, lr, eps=1e-8):
        self.lr, self.eps = lr, eps
        self.squares = 0.0

    def step(self, theta, grad):
        self.squares = self.squares + grad**2
        return theta - self.lr * grad / (self.squares + self.eps)
