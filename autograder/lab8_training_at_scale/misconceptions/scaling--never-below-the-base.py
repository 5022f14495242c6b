"""The rate of a smaller batch stays at the base.

The rules hold in both directions: half the batch has a lower rate.
"""


def scaled_lr(base_lr, batch, base_batch, rule):
    ratio = max(batch / base_batch, 1)
    if rule == "linear":
        return base_lr * ratio
    if rule == "sqrt":
        return base_lr * np.sqrt(ratio)
    raise ValueError(f"there is no rule '{rule}'")
