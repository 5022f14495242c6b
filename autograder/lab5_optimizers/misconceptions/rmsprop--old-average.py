"""The step is divided by the average from before, without the newest gradient.

Bring the average up to date first, then make the step.
"""


class RMSProp:
    def __init__(self, lr, gamma=0.9, eps=1e-8):
        self.lr, self.gamma, self.eps = lr, gamma, eps
        self.mean_square = 0.0

    def step(self, theta, grad):
        new = theta - self.lr * grad / (np.sqrt(self.mean_square) + self.eps)
        self.mean_square = self.gamma * self.mean_square + (1 - self.gamma) * grad**2
        return new
