"""The squares of earlier gradients are forgotten.

Without them only the sign of the gradient is left. Store the sum in the object.
"""


class AdaGrad:
    def __init__(self, lr, eps=1e-8):
        self.lr, self.eps = lr, eps
        self.squares = 0.0

    def step(self, theta, grad):
        squares = self.squares + grad**2
        return theta - self.lr * grad / (np.sqrt(squares) + self.eps)
