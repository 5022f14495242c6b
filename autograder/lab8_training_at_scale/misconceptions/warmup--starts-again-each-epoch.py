"""The progress starts again with each epoch.

e counts all steps since the beginning, not those of the epoch.
"""


def warmup_lr(step, steps_per_epoch, world, warmup_epochs, lr):
    epochs = (step % steps_per_epoch + 1) / steps_per_epoch
    if epochs >= warmup_epochs:
        return lr
    return lr / world * (epochs * (world - 1) / warmup_epochs + 1)
