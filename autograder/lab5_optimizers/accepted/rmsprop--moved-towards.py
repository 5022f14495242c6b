"""The average is moved part of the way towards the new square, in place."""


class RMSProp:
    def __init__(self, lr, gamma=0.9, eps=1e-8):
        self.lr, self.gamma, self.eps = lr, gamma, eps
        self.average = None

    def step(self, theta, grad):
        if self.average is None:
            self.average = np.zeros(np.shape(grad))
        self.average += (1 - self.gamma) * (grad * grad - self.average)
        return theta - self.lr * np.divide(grad, self.average**0.5 + self.eps)
