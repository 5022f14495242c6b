"""The newest gradient stands in the numerator, where its average belongs.

Without the first average this is RMSProp with a correction.
"""


class Adam:
    def __init__(self, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.mean = 0.0
        self.mean_square = 0.0
        self.steps = 0

    def step(self, theta, grad):
        self.steps += 1
        self.mean = self.beta1 * self.mean + (1 - self.beta1) * grad
        self.mean_square = self.beta2 * self.mean_square + (1 - self.beta2) * grad**2
        unbiased_square = self.mean_square / (1 - self.beta2**self.steps)
        return theta - self.lr * grad / (np.sqrt(unbiased_square) + self.eps)
