"""Every weight has a ratio of its own.

The norm is one number for a layer: the root of the sum of the squares of all its entries.
"""


class LARS:
    def __init__(self, lr, momentum=0.9, weight_decay=0.0, trust=1e-3):
        self.lr = lr
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.trust = trust
        self.velocity = None

    def step(self, params, grads):
        if self.velocity is None:
            self.velocity = [np.zeros_like(w) for w in params]
        new_params = []
        for i, (w, g) in enumerate(zip(params, grads)):
            w_norm, g_norm = np.abs(w), np.abs(g)
            below = g_norm + self.weight_decay * w_norm
            safe = (w_norm > 0) & (g_norm > 0)
            ratio = np.where(safe, self.trust * w_norm / np.where(safe, below, 1.0), 1.0)
            self.velocity[i] = self.momentum * self.velocity[i] + self.lr * ratio * (g + self.weight_decay * w)
            new_params.append(w - self.velocity[i])
        return new_params
