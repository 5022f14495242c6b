"""The length of the warm-up is taken in steps.

warmup_epochs is a number of epochs; bring the steps to epochs first.
"""


def warmup_lr(step, steps_per_epoch, world, warmup_epochs, lr):
    epochs = step + 1
    if epochs >= warmup_epochs:
        return lr
    return lr / world * (epochs * (world - 1) / warmup_epochs + 1)
