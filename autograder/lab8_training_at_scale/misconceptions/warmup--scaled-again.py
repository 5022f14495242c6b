"""The target is multiplied by the number of workers.

lr has been scaled for all workers already: it is where the ramp ends, not where it begins.
"""


def warmup_lr(step, steps_per_epoch, world, warmup_epochs, lr):
    epochs = (step + 1) / steps_per_epoch
    if epochs >= warmup_epochs:
        return lr * world
    return lr * (epochs * (world - 1) / warmup_epochs + 1)
