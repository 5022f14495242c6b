"""eps is added under the root.

It is compared with a gradient, not with the square of one: take the root first.
"""


class RMSProp:
    def __init__(self, lr, gamma=0.9, eps=1e-8):
        self.lr, self.gamma, self.eps = lr, gamma, eps
        self.mean_square = 0.0

    def step(self, theta, grad):
        self.mean_square = self.gamma * self.mean_square + (1 - self.gamma) * grad**2
        return theta - self.lr * grad / np.sqrt(self.mean_square + self.eps)
