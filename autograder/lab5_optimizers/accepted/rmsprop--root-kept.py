"""The root of the average is kept, as the length of a vector with two parts."""


class RMSProp:
    def __init__(self, lr, gamma=0.9, eps=1e-8):
        self.lr, self.gamma, self.eps = lr, gamma, eps
        self.root = 0.0

    def step(self, theta, grad):
        self.root = np.hypot(np.sqrt(self.gamma) * self.root, np.sqrt(1 - self.gamma) * grad)
        return theta - self.lr / (self.root + self.eps) * grad
