"""All gradients are kept; the averages are weighted means whose weights add up to one."""


class Adam:
    def __init__(self, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.grads = []

    def step(self, theta, grad):
        self.grads.insert(0, np.array(grad))
        grads, age = np.array(self.grads), np.arange(len(self.grads))
        mean = np.average(grads, axis=0, weights=self.beta1**age)
        square = np.average(grads**2, axis=0, weights=self.beta2**age)
        return theta - self.lr * mean / (np.sqrt(square) + self.eps)
