"""The ratio of the batches is cut off to a whole number.

`//` drops what is behind the point, and with a smaller batch nothing is left.
"""


def scaled_lr(base_lr, batch, base_batch, rule):
    ratio = batch // base_batch
    if rule == "linear":
        return base_lr * ratio
    if rule == "sqrt":
        return base_lr * np.sqrt(ratio)
    raise ValueError(f"there is no rule '{rule}'")
