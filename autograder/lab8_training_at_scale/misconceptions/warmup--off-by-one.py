"""The progress is counted at the beginning of the step.

Equation (4) takes e at the end of the step that is about to be made: the first step counts as made.
"""


def warmup_lr(step, steps_per_epoch, world, warmup_epochs, lr):
    epochs = step / steps_per_epoch
    if epochs >= warmup_epochs:
        return lr
    return lr / world * (epochs * (world - 1) / warmup_epochs + 1)
