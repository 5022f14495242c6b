"""The ball stands still where the gradient is zero.

With speed left it rolls on, and that is what momentum is for.
"""


class Momentum:
    def __init__(self, lr, rho=0.9):
        self.lr, self.rho = lr, rho
        self.velocity = 0.0

    def step(self, theta, grad):
        self.velocity = self.rho * self.velocity + grad
        return np.where(grad == 0, theta, theta - self.lr * self.velocity)
