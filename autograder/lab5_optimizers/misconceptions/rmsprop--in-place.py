"""The parameters that were given are changed.

The operator -= writes into the caller's array. A step returns a new one.
"""


class RMSProp:
    def __init__(self, lr, gamma=0.9, eps=1e-8):
        self.lr, self.gamma, self.eps = lr, gamma, eps
        self.mean_square = 0.0

    def step(self, theta, grad):
        self.mean_square = self.gamma * self.mean_square + (1 - self.gamma) * grad**2
        theta -= self.lr * grad / (np.sqrt(self.mean_square) + self.eps)
        return theta
