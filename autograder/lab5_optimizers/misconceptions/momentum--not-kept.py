"""The new velocity is computed but not kept, so every step starts from rest.

What has to be there in the next step must be stored in the object.
"""


class Momentum:
    def __init__(self, lr, rho=0.9):
        self.lr, self.rho = lr, rho
        self.velocity = 0.0

    def step(self, theta, grad):
        velocity = self.rho * self.velocity + grad
        return theta - self.lr * velocity
