"""Without any warm-up epochs the function divides by zero.

With a warm-up of length 0 the rate is lr at once. Ask for the end of the warm-up before you compute the ramp.
"""


def warmup_lr(step, steps_per_epoch, world, warmup_epochs, lr):
    epochs = (step + 1) / steps_per_epoch
    warm = lr / world * (epochs * (world - 1) / warmup_epochs + 1)
    return warm if epochs < warmup_epochs else lr
