"""A gradient of zero is left out of the average.

A zero is a gradient too: it makes the average smaller.
"""


class RMSProp:
    def __init__(self, lr, gamma=0.9, eps=1e-8):
        self.lr, self.gamma, self.eps = lr, gamma, eps
        self.mean_square = 0.0

    def step(self, theta, grad):
        average = self.gamma * self.mean_square + (1 - self.gamma) * grad**2
        self.mean_square = np.where(grad == 0, self.mean_square, average)
        return theta - self.lr * grad / (np.sqrt(self.mean_square) + self.eps)
