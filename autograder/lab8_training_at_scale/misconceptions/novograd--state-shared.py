"""All optimizers share one state.

What stands in the body of the class belongs to the class. Each object needs a state of its own.
"""


class NovoGrad:
    state = {}

    def __init__(self, lr, beta1=0.95, beta2=0.98, eps=1e-8, weight_decay=0.0):
        self.lr = lr
        self.beta1 = beta1
        self.beta2 = beta2
        self.eps = eps
        self.weight_decay = weight_decay
        self.started = False

    def step(self, params, grads):
        squares = [np.sum(g**2) for g in grads]
        if not self.started or len(self.state["m"]) != len(params):
            self.state["m"], self.state["v"] = [np.zeros_like(w) for w in params], squares
            self.started = True
        else:
            pairs = zip(self.state["v"], squares)
            self.state["v"] = [self.beta2 * v + (1 - self.beta2) * square for v, square in pairs]
        self.state["m"] = [
            self.beta1 * m + g / (np.sqrt(v) + self.eps) + self.weight_decay * w
            for m, v, w, g in zip(self.state["m"], self.state["v"], params, grads)
        ]
        return [w - self.lr * m for w, m in zip(params, self.state["m"])]
