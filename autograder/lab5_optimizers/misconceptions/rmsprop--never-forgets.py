"""The squares are added up and nothing is forgotten, as in AdaGrad.

The old average is multiplied by gamma before the new square comes in.
"""


class RMSProp:
    def __init__(self, lr, gamma=0.9, eps=1e-8):
        self.lr, self.gamma, self.eps = lr, gamma, eps
        self.mean_square = 0.0

    def step(self, theta, grad):
        self.mean_square = self.mean_square + (1 - self.gamma) * grad**2
        return theta - self.lr * grad / (np.sqrt(self.mean_square) + self.eps)
