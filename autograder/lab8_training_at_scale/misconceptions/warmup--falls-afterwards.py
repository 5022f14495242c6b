"""The rate falls back after the warm-up.

After the warm-up the rate stays at lr.
"""


def warmup_lr(step, steps_per_epoch, world, warmup_epochs, lr):
    epochs = (step + 1) / steps_per_epoch
    if epochs > warmup_epochs:
        return lr * np.exp(-(epochs - warmup_epochs) / 10)
    if warmup_epochs == 0:
        return lr
    return lr / world * (epochs * (world - 1) / warmup_epochs + 1)
