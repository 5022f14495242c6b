"""No velocity is kept but all pushes, summed with powers of the momentum."""


class LARS:
    def __init__(self, lr, momentum=0.9, weight_decay=0.0, trust=1e-3):
        self.lr, self.momentum, self.weight_decay, self.trust = lr, momentum, weight_decay, trust
        self.pushes = []

    def step(self, params, grads):
        now = []
        for w, g in zip(params, grads):
            # Root mean squares have the ratio of the norms.
            w_size, g_size = np.sqrt(np.mean(w * w)), np.sqrt(np.mean(g * g))
            if w_size == 0 or g_size == 0:
                rate = self.lr
            else:
                rate = self.lr * self.trust * w_size / (g_size + self.weight_decay * w_size)
            now.append(rate * g + rate * self.weight_decay * w)
        self.pushes.append(now)
        last = len(self.pushes) - 1
        return [
            w - sum(self.momentum ** (last - t) * push[i] for t, push in enumerate(self.pushes))
            for i, w in enumerate(params)
        ]
