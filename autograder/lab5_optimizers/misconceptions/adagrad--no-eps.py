"""eps is left out, so a gradient of zero gives 0/0.

A parameter that had no gradient yet must stay where it is.
"""


class AdaGrad:
    def __init__(self, lr, eps=1e-8):
        self.lr, self.eps = lr, eps
        self.squares = 0.0

    def step(self, theta, grad):
        self.squares = self.squares + grad**2
        return theta - self.lr * grad / np.sqrt(self.squares)
