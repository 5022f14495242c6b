"""β2 and 1 − β2 have changed places.

With β2 = 0.98 the old v should count most.
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
            self.v = [(1 - self.beta2) * v + self.beta2 * square for v, square in zip(self.v, squares)]
        self.m = [
            self.beta1 * m + g / (np.sqrt(v) + self.eps) + self.weight_decay * w
            for m, v, w, g in zip(self.m, self.v, params, grads)
        ]
        return [w - self.lr * m for w, m in zip(params, self.m)]
