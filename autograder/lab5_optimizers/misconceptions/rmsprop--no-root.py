"""The step is divided by the average of the squares, without the root.

"Root mean square" says what the gradient is divided by.
"""


class RMSProp:
    def __init__(self, lr, gamma=0.9, eps=1e-8):
        self.lr, self.gamma, self.eps = lr, gamma, eps
        self.mean_square = 0.0

    def step(self, theta, grad):
        self.mean_square = self.gamma * self.mean_square + (1 - self.gamma) * grad**2
        return theta - self.lr * grad / (self.mean_square + self.eps)
