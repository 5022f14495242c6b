"""The average starts at the first square instead of zero.

That is a sensible thing to do, but it is another method. Here v is 0 before the first step.
"""


class RMSProp:
    def __init__(self, lr, gamma=0.9, eps=1e-8):
        self.lr, self.gamma, self.eps = lr, gamma, eps
        self.mean_square = None

    def step(self, theta, grad):
        if self.mean_square is None:
            self.mean_square = grad**2
        self.mean_square = self.gamma * self.mean_square + (1 - self.gamma) * grad**2
        return theta - self.lr * grad / (np.sqrt(self.mean_square) + self.eps)
