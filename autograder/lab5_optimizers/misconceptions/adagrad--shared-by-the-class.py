"""The sum belongs to the class, so that all optimizers share one.

An attribute of the class is the same for all its objects; keep the sum in self.
"""


class AdaGrad:
    squares = 0.0

    def __init__(self, lr, eps=1e-8):
        self.lr, self.eps = lr, eps

    def step(self, theta, grad):
        AdaGrad.squares = AdaGrad.squares + grad**2
        return theta - self.lr * grad / (np.sqrt(AdaGrad.squares) + self.eps)
