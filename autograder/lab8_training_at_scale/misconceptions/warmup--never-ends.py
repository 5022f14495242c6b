"""The ramp goes on after the warm-up.

Once e has reached the end of the warm-up the rate is lr for good.
"""


def warmup_lr(step, steps_per_epoch, world, warmup_epochs, lr):
    epochs = (step + 1) / steps_per_epoch
    if warmup_epochs == 0:
        return lr
    return lr / world * (epochs * (world - 1) / warmup_epochs + 1)
