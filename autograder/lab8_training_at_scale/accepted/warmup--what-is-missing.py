"""From the target down: the part of the way that is still missing."""


def warmup_lr(step, steps_per_epoch, world, warmup_epochs, lr):
    epochs_left = max(warmup_epochs - (step + 1) / steps_per_epoch, 0)
    if epochs_left == 0:
        return lr
    return lr - epochs_left / warmup_epochs * lr * (1 - 1 / world)
