"""The average is corrected for its start at zero.

Adam does that. RMSProp does not, which is why its first steps are so long.
"""


class RMSProp:
    def __init__(self, lr, gamma=0.9, eps=1e-8):
        self.lr, self.gamma, self.eps = lr, gamma, eps
        self.mean_square = 0.0
        self.steps = 0

    def step(self, theta, grad):
        self.steps += 1
        self.mean_square = self.gamma * self.mean_square + (1 - self.gamma) * grad**2
        unbiased = self.mean_square / (1 - self.gamma**self.steps)
        return theta - self.lr * grad / (np.sqrt(unbiased) + self.eps)
