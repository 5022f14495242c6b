"""The rate is multiplied by the batch, not by the ratio of the batches.

What counts is how many times the base batch it is.
"""


def scaled_lr(base_lr, batch, base_batch, rule):
    if rule == "linear":
        return base_lr * batch
    if rule == "sqrt":
        return base_lr * np.sqrt(batch)
    raise ValueError(f"there is no rule '{rule}'")
