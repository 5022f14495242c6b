"""torch tensors, one state dictionary for each layer."""


import torch


class LARS:
    def __init__(self, lr, momentum=0.9, weight_decay=0.0, trust=1e-3):
        self.lr, self.momentum, self.weight_decay, self.trust = lr, momentum, weight_decay, trust
        self.state = {}

    def step(self, params, grads):
        result = []
        for number, (w, g) in enumerate(zip(params, grads)):
            w, g = torch.as_tensor(w), torch.as_tensor(g)
            layer = self.state.setdefault(number, {"velocity": torch.zeros_like(w)})
            ratio = self.trust * w.norm() / (g.norm() + self.weight_decay * w.norm())
            if not (w.any() and g.any()):
                ratio = torch.ones_like(ratio)
            layer["velocity"] = self.momentum * layer["velocity"] + self.lr * ratio * g.add(w, alpha=self.weight_decay)
            result.append(w - layer["velocity"])
        return result
