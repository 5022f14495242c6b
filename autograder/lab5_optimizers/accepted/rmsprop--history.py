"""All squares are kept and weighted anew in each step."""


class RMSProp:
    def __init__(self, lr, gamma=0.9, eps=1e-8):
        self.lr, self.gamma, self.eps = lr, gamma, eps
        self.squares = []

    def step(self, theta, grad):
        self.squares.insert(0, np.square(grad))
        weights = (1 - self.gamma) * self.gamma ** np.arange(len(self.squares))
        average = np.tensordot(weights, np.array(self.squares), axes=1)
        return theta - self.lr * grad / (np.sqrt(average) + self.eps)
