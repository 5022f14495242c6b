"""The velocity starts at zero in every step.

What the optimizer remembers must outlive the call: keep it in self.
"""


class LARS:
    def __init__(self, lr, momentum=0.9, weight_decay=0.0, trust=1e-3):
        self.lr = lr
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.trust = trust
        self.velocity = None

    def step(self, params, grads):
        self.velocity = [np.zeros_like(w) for w in params]
        new_params = []
        for i, (w, g) in enumerate(zip(params, grads)):
            w_norm, g_norm = np.sqrt(np.sum(w**2)), np.sqrt(np.sum(g**2))
            ratio = 1.0
            if w_norm > 0 and g_norm > 0:
                ratio = self.trust * w_norm / (g_norm + self.weight_decay * w_norm)
            self.velocity[i] = self.momentum * self.velocity[i] + self.lr * ratio * (g + self.weight_decay * w)
            new_params.append(w - self.velocity[i])
        return new_params
