"""All optimizers share one velocity.

A list in the body of the class belongs to the class. Each object needs a state of its own, made in the constructor or at the first step.
"""


class LARS:
    velocity = []

    def __init__(self, lr, momentum=0.9, weight_decay=0.0, trust=1e-3):
        self.lr = lr
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.trust = trust

    def step(self, params, grads):
        if len(self.velocity) != len(params) or any(v.shape != w.shape for v, w in zip(self.velocity, params)):
            self.velocity[:] = [np.zeros_like(w) for w in params]
        new_params = []
        for i, (w, g) in enumerate(zip(params, grads)):
            w_norm, g_norm = np.sqrt(np.sum(w**2)), np.sqrt(np.sum(g**2))
            ratio = 1.0
            if w_norm > 0 and g_norm > 0:
                ratio = self.trust * w_norm / (g_norm + self.weight_decay * w_norm)
            self.velocity[i] = self.momentum * self.velocity[i] + self.lr * ratio * (g + self.weight_decay * w)
            new_params.append(w - self.velocity[i])
        return new_params
