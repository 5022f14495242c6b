"""eps is added under the root.

It is compared with a gradient, not with the square of one: take the root first.
"""


class AdaGrad:
    def __init__(self, lr, eps=1e-8):
        self.lr, self.eps = lr, eps
        self.squares = 0.0

    def step(self, theta, grad):
        self.squares = self.squares + grad**2
        return theta - self.lr * grad / np.sqrt(self.squares + self.eps)
