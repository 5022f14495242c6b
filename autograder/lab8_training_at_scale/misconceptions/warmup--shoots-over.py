"""The ramp overshoots: it is steeper than from lr/world to lr.

Put in the end of the warm-up: the bracket must be `world`, not one more.
"""


def warmup_lr(step, steps_per_epoch, world, warmup_epochs, lr):
    epochs = (step + 1) / steps_per_epoch
    if epochs >= warmup_epochs:
        return lr
    return lr / world * (epochs * world / warmup_epochs + 1)
