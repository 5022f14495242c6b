"""Three helpers and list comprehensions, no index."""


class LARS:
    def __init__(self, lr, momentum=0.9, weight_decay=0.0, trust=1e-3):
        self.lr, self.momentum, self.weight_decay, self.trust = lr, momentum, weight_decay, trust
        self.velocity = None

    def local_rate(self, w, g):
        lengths = np.linalg.norm(w.ravel()), np.linalg.norm(g.ravel())
        return self.trust / (lengths[1] / lengths[0] + self.weight_decay) if all(lengths) else 1

    def step(self, params, grads):
        pushes = [self.lr * self.local_rate(w, g) * (g + self.weight_decay * w) for w, g in zip(params, grads)]
        if self.velocity is not None:
            pushes = [self.momentum * old + push for old, push in zip(self.velocity, pushes)]
        self.velocity = pushes
        return [w - push for w, push in zip(params, pushes)]
