"""Autograd on the sum of all losses"""

import torch


def gradient_field(w1s, w2s, x, y):
    w1, w2 = torch.meshgrid(torch.tensor(w1s), torch.tensor(w2s), indexing="ij")
    w1, w2 = w1.clone().requires_grad_(), w2.clone().requires_grad_()
    losses = ((w1 * w2).unsqueeze(-1) * torch.tensor(x) - torch.tensor(y)).square().mean(dim=-1)
    return torch.autograd.grad(losses.sum(), (w1, w2))
