"""The average is one of the sizes of the gradients, not of their squares.

The root of a mean square is not the mean of the absolute values.
"""


class RMSProp:
    def __init__(self, lr, gamma=0.9, eps=1e-8):
        self.lr, self.gamma, self.eps = lr, gamma, eps
        self.mean_square = 0.0

    def step(self, theta, grad):
        self.mean_square = self.gamma * self.mean_square + (1 - self.gamma) * np.abs(grad)
        return theta - self.lr * grad / (self.mean_square + self.eps)
