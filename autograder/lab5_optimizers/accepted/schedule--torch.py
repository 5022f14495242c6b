"""PyTorch's functions on one number."""


import torch


def scheduled_lr(step, total, lr, kind):
    part = torch.tensor(step / total, dtype=torch.float64)
    factors = {
        "constant": torch.ones_like(part),
        "step": torch.tensor(0.1, dtype=torch.float64) ** torch.floor(3 * part),
        "exponential": torch.logspace(0, -2, total + 1, dtype=torch.float64)[step],
        "cosine": (1 + torch.cos(torch.pi * part)) / 2,
    }
    try:
        return lr * factors[kind].item()
    except KeyError:
        raise ValueError(f"unknown schedule: {kind}") from None
