"""The step is made with an average of the gradients, as if RMSProp had momentum.

Only the squares are averaged. The numerator is the newest gradient itself.
"""


class RMSProp:
    def __init__(self, lr, gamma=0.9, eps=1e-8):
        self.lr, self.gamma, self.eps = lr, gamma, eps
        self.mean_square = 0.0
        self.mean = 0.0

    def step(self, theta, grad):
        self.mean_square = self.gamma * self.mean_square + (1 - self.gamma) * grad**2
        self.mean = self.gamma * self.mean + (1 - self.gamma) * grad
        return theta - self.lr * self.mean / (np.sqrt(self.mean_square) + self.eps)
