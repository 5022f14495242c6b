"""gamma and 1 − gamma have changed places.

gamma is what is kept of the old average, and it is the larger part.
"""


class RMSProp:
    def __init__(self, lr, gamma=0.9, eps=1e-8):
        self.lr, self.gamma, self.eps = lr, gamma, eps
        self.mean_square = 0.0

    def step(self, theta, grad):
        self.mean_square = (1 - self.gamma) * self.mean_square + self.gamma * grad**2
        return theta - self.lr * grad / (np.sqrt(self.mean_square) + self.eps)
