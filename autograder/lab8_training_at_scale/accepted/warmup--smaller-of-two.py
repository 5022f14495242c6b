"""The smaller of the ramp and the target, counted in steps."""


def warmup_lr(step, steps_per_epoch, world, warmup_epochs, lr):
    start, warm_steps = lr / world, warmup_epochs * steps_per_epoch
    if not warm_steps:
        return lr
    return min(lr, start + (lr - start) * (step + 1) / warm_steps)
