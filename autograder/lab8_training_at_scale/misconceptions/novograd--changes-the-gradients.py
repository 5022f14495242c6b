"""The gradients that were given are changed.

`g /= ...` works inside the array of the caller. Make a new one.
"""


class NovoGrad:
    def __init__(self, lr, beta1=0.95, beta2=0.98, eps=1e-8, weight_decay=0.0):
        self.lr = lr
        self.beta1 = beta1
        self.beta2 = beta2
        self.eps = eps
        self.weight_decay = weight_decay
        self.m = None
        self.v = None

    def step(self, params, grads):
        squares = [np.sum(g**2) for g in grads]
        if self.m is None:
            self.m, self.v = [np.zeros_like(w) for w in params], squares
        else:
            self.v = [self.beta2 * v + (1 - self.beta2) * square for v, square in zip(self.v, squares)]
        for i, g in enumerate(grads):
            g /= np.sqrt(self.v[i]) + self.eps
            self.m[i] = self.beta1 * self.m[i] + g + self.weight_decay * params[i]
        return [w - self.lr * m for w, m in zip(params, self.m)]
