"""Torch takes the derivative"""

import torch


def deep_gradient(x, y, w):
    x, y = torch.as_tensor(np.array(x)), torch.as_tensor(np.array(y))
    w = torch.as_tensor(np.array(w)).requires_grad_()
    loss = ((torch.prod(w) * x - y) ** 2).mean() / 2
    return torch.autograd.grad(loss, w)[0].numpy()
