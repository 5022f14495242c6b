"""The warm-up is cut off to whole epochs.

The number of warm-up epochs need not be whole.
"""


def warmup_lr(step, steps_per_epoch, world, warmup_epochs, lr):
    warmup_epochs = int(warmup_epochs)
    epochs = (step + 1) / steps_per_epoch
    if epochs >= warmup_epochs:
        return lr
    return lr / world * (epochs * (world - 1) / warmup_epochs + 1)
