"""The averages start at the first gradient and its square instead of zero, and are not corrected.

That is another way out of the bias, and another path from the second step on.
"""


class Adam:
    def __init__(self, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.mean = 0.0
        self.mean_square = 0.0
        self.steps = 0

    def step(self, theta, grad):
        if self.steps == 0:
            self.mean, self.mean_square = grad.copy(), grad**2
        self.steps += 1
        self.mean = self.beta1 * self.mean + (1 - self.beta1) * grad
        self.mean_square = self.beta2 * self.mean_square + (1 - self.beta2) * grad**2
        return theta - self.lr * self.mean / (np.sqrt(self.mean_square) + self.eps)
