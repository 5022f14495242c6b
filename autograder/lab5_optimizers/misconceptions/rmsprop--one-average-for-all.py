"""One average is kept for all parameters together.

The mean in the name is one over time. Every parameter has its own.
"""


class RMSProp:
    def __init__(self, lr, gamma=0.9, eps=1e-8):
        self.lr, self.gamma, self.eps = lr, gamma, eps
        self.mean_square = 0.0

    def step(self, theta, grad):
        self.mean_square = self.gamma * self.mean_square + (1 - self.gamma) * np.mean(grad**2)
        return theta - self.lr * grad / (np.sqrt(self.mean_square) + self.eps)
