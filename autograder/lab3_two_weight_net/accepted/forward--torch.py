"""A product of tensors"""

import torch


def forward(w, x):
    return torch.as_tensor(w, dtype=torch.float64).prod() * torch.as_tensor(x, dtype=torch.float64)
