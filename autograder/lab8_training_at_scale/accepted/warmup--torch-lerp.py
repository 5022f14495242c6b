"""torch goes the clipped part of the way."""


import torch


def warmup_lr(step, steps_per_epoch, world, warmup_epochs, lr):
    lr = torch.tensor(float(lr), dtype=torch.float64)
    done = (step + 1) / (steps_per_epoch * warmup_epochs) if warmup_epochs else 1.0
    return torch.lerp(lr / world, lr, min(done, 1.0))
