"""The gradients are added up, not their squares.

Absolute values are not squares: the sum in the equation is one of squares.
"""


class AdaGrad:
    def __init__(self, lr, eps=1e-8):
        self.lr, self.eps = lr, eps
        self.squares = 0.0

    def step(self, theta, grad):
        self.squares = self.squares + np.abs(grad)
        return theta - self.lr * grad / (np.sqrt(self.squares) + self.eps)
