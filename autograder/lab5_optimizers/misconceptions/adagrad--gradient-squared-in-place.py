"""The gradient that was given is changed.

The operator *= writes into the caller's array. Give the square a name of its own.
"""


class AdaGrad:
    def __init__(self, lr, eps=1e-8):
        self.lr, self.eps = lr, eps
        self.squares = 0.0

    def step(self, theta, grad):
        step = self.lr * grad
        grad *= grad
        self.squares = self.squares + grad
        return theta - step / (np.sqrt(self.squares) + self.eps)
