"""The root is taken of each square, and the roots are added.

The root of a sum is not the sum of the roots.
"""


class AdaGrad:
    def __init__(self, lr, eps=1e-8):
        self.lr, self.eps = lr, eps
        self.squares = 0.0

    def step(self, theta, grad):
        self.squares = self.squares + np.sqrt(grad**2)
        return theta - self.lr * grad / (self.squares + self.eps)
