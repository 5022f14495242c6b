"""Automatic differentiation with torch"""

import torch


def gradient(x, y, w, b):
    parameters = torch.tensor([float(w), float(b)], dtype=torch.float64, requires_grad=True)
    error = parameters[0] * torch.as_tensor(x) + parameters[1] - torch.as_tensor(y)
    (slopes,) = torch.autograd.grad((error**2).mean(), parameters)
    return slopes
