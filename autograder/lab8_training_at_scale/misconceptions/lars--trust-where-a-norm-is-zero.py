"""Where a norm is zero the ratio is the trust coefficient.

There λ is exactly 1, not trust.
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
            w_norm, g_norm = np.sqrt(np.sum(w**2)), np.sqrt(np.sum(g**2))
            ratio = self.trust
            if w_norm > 0 and g_norm > 0:
                ratio = self.trust * w_norm / (g_norm + self.weight_decay * w_norm)
            self.velocity[i] = self.momentum * self.velocity[i] + self.lr * ratio * (g + self.weight_decay * w)
            new_params.append(w - self.velocity[i])
        return new_params
