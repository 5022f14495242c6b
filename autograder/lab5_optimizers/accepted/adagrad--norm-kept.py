"""The root itself is kept, and grows like the side of a right triangle."""


class AdaGrad:
    def __init__(self, lr, eps=1e-8):
        self.lr, self.eps = lr, eps
        self.norm = 0.0

    def step(self, theta, grad):
        self.norm = np.hypot(self.norm, grad)
        return theta - self.lr / (self.norm + self.eps) * grad
