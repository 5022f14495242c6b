"""An object for each layer holds its state."""


class Layer:
    def __init__(self, g):
        self.m, self.v = 0.0, float(np.vdot(g, g))

    def move(self, w, g, o):
        self.m = o.beta1 * self.m + g / (self.v**0.5 + o.eps) + o.weight_decay * w
        return w - o.lr * self.m


class NovoGrad:
    def __init__(self, lr, beta1=0.95, beta2=0.98, eps=1e-8, weight_decay=0.0):
        self.lr, self.beta1, self.beta2, self.eps, self.weight_decay = lr, beta1, beta2, eps, weight_decay
        self.layers = []

    def step(self, params, grads):
        if not self.layers:
            self.layers = [Layer(g) for g in grads]
        else:
            for layer, g in zip(self.layers, grads):
                layer.v += (1 - self.beta2) * (float(np.vdot(g, g)) - layer.v)
        return [layer.move(w, g, self) for layer, w, g in zip(self.layers, params, grads)]
