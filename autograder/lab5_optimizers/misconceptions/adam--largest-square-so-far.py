"""The step is divided by the largest average of squares so far.

That is AMSGrad, a variant of Adam. Adam takes the average as it is now.
"""


class Adam:
    def __init__(self, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.mean = 0.0
        self.mean_square = 0.0
        self.steps = 0
        self.largest = 0.0

    def step(self, theta, grad):
        self.steps += 1
        self.mean = self.beta1 * self.mean + (1 - self.beta1) * grad
        self.mean_square = self.beta2 * self.mean_square + (1 - self.beta2) * grad**2
        unbiased_mean = self.mean / (1 - self.beta1**self.steps)
        unbiased_square = self.mean_square / (1 - self.beta2**self.steps)
        self.largest = np.maximum(self.largest, unbiased_square)
        return theta - self.lr * unbiased_mean / (np.sqrt(self.largest) + self.eps)
