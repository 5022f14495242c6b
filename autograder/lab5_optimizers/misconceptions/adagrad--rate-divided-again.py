"""The rate itself is divided in each step, again and again.

The base rate stays as it is; each step divides it afresh by the root of the sum.
"""


class AdaGrad:
    def __init__(self, lr, eps=1e-8):
        self.lr, self.eps = lr, eps
        self.squares = 0.0

    def step(self, theta, grad):
        self.squares = self.squares + grad**2
        self.lr = self.lr / (np.sqrt(self.squares) + self.eps)
        return theta - self.lr * grad
