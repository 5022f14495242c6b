"""The averages belong to the class, so that all optimizers share them.

Attributes of the class are the same for all its objects; keep what an optimizer remembers in self.
"""


class Adam:
    mean, mean_square, steps = 0.0, 0.0, 0

    def __init__(self, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps

    def step(self, theta, grad):
        Adam.steps += 1
        Adam.mean = self.beta1 * Adam.mean + (1 - self.beta1) * grad
        Adam.mean_square = self.beta2 * Adam.mean_square + (1 - self.beta2) * grad**2
        unbiased_mean = Adam.mean / (1 - self.beta1**Adam.steps)
        unbiased_square = Adam.mean_square / (1 - self.beta2**Adam.steps)
        return theta - self.lr * unbiased_mean / (np.sqrt(unbiased_square) + self.eps)
