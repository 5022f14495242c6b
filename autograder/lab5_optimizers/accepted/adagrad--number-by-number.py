"""A plain loop over the numbers, with Python's floats."""


import math


class AdaGrad:
    def __init__(self, lr, eps=1e-8):
        self.lr, self.eps = lr, eps
        self.squares = None

    def step(self, theta, grad):
        flat = [float(g) for g in np.ravel(grad)]
        self.squares = [s + g * g for s, g in zip(self.squares or [0.0] * len(flat), flat)]
        new = [
            float(value) - self.lr * g / (math.sqrt(s) + self.eps)
            for value, g, s in zip(np.ravel(theta), flat, self.squares)
        ]
        return np.array(new).reshape(np.shape(theta))
