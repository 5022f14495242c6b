"""The weights are averaged like the gradients; dividing by their average is the correction."""


class Adam:
    def __init__(self, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.betas, self.eps = lr, np.array([beta1, beta2]), eps
        self.sums, self.weights = 0.0, np.zeros(2)

    def step(self, theta, grad):
        betas = self.betas.reshape(2, *[1] * np.ndim(grad))
        self.sums = betas * self.sums + (1 - betas) * np.stack([grad, np.square(grad)])
        self.weights = self.betas * self.weights + (1 - self.betas)
        mean, square = (total / weight for total, weight in zip(self.sums, self.weights))
        return theta - self.lr * mean / (np.sqrt(square) + self.eps)
