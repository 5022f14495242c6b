"""The rate rises only once an epoch.

The ramp goes up with every step; e is a fraction, not a whole number.
"""


def warmup_lr(step, steps_per_epoch, world, warmup_epochs, lr):
    epochs = (step + 1) // steps_per_epoch
    if epochs >= warmup_epochs:
        return lr
    return lr / world * (epochs * (world - 1) / warmup_epochs + 1)
