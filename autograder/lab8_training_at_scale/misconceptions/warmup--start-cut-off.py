"""A ramp from zero that is never below the rate of one worker.

It should rise from lr / world from the first step on, not wait there for the ramp to come by.
"""


def warmup_lr(step, steps_per_epoch, world, warmup_epochs, lr):
    epochs = (step + 1) / steps_per_epoch
    if epochs >= warmup_epochs:
        return lr
    return max(lr * epochs / warmup_epochs, lr / world)
