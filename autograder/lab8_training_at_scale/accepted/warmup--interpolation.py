"""NumPy draws the line between the two ends."""


def warmup_lr(step, steps_per_epoch, world, warmup_epochs, lr):
    ends = [0.0, max(warmup_epochs, 1e-12)]
    return np.interp((step + 1) / steps_per_epoch, ends, [lr / world, lr])
