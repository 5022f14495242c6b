"""The new square is added without the factor 1 − gamma.

In a constant gradient the average must come to the square of that gradient. What does yours come to?
"""


class RMSProp:
    def __init__(self, lr, gamma=0.9, eps=1e-8):
        self.lr, self.gamma, self.eps = lr, gamma, eps
        self.mean_square = 0.0

    def step(self, theta, grad):
        self.mean_square = self.gamma * self.mean_square + grad**2
        return theta - self.lr * grad / (np.sqrt(self.mean_square) + self.eps)
