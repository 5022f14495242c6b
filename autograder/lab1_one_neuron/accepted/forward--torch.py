"""Tensors in and out"""

import torch


def forward(x, w, b):
    return torch.add(torch.as_tensor(x, dtype=torch.float64) * float(w), float(b))
