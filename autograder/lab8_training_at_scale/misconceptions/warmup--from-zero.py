"""The warm-up starts from zero.

Before the first step the ramp stands at the rate of a single worker, lr / world.
"""


def warmup_lr(step, steps_per_epoch, world, warmup_epochs, lr):
    epochs = (step + 1) / steps_per_epoch
    if epochs >= warmup_epochs:
        return lr
    return lr * epochs / warmup_epochs
