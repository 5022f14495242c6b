"""torch.optim.SGD does momentum and decay, fed with normalised gradients."""


import torch


class NovoGrad:
    def __init__(self, lr, beta1=0.95, beta2=0.98, eps=1e-8, weight_decay=0.0):
        self.lr, self.beta1, self.beta2, self.eps, self.weight_decay = lr, beta1, beta2, eps, weight_decay
        self.inner = None

    def step(self, params, grads):
        squares = [float((g**2).sum()) for g in grads]
        if self.inner is None:
            self.v = squares
            self.weights = [torch.tensor(w, requires_grad=True) for w in params]
            self.inner = torch.optim.SGD(self.weights, self.lr, momentum=self.beta1, weight_decay=self.weight_decay)
        else:
            self.v = [self.beta2 * v + (1 - self.beta2) * square for v, square in zip(self.v, squares)]
        self.inner.param_groups[0]["lr"] = self.lr
        with torch.no_grad():
            for mine, w, g, v in zip(self.weights, params, grads, self.v):
                mine.copy_(torch.as_tensor(w))
                mine.grad = torch.as_tensor(g) / (v**0.5 + self.eps)
        self.inner.step()
        return [w.detach().numpy().copy() for w in self.weights]
