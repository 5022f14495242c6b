"""Both rules take the square root.

The linear rule multiplies the rate by the same number as the batch.
"""


def scaled_lr(base_lr, batch, base_batch, rule):
    if rule == "linear":
        return base_lr * np.sqrt(batch / base_batch)
    if rule == "sqrt":
        return base_lr * np.sqrt(batch / base_batch)
    raise ValueError(f"there is no rule '{rule}'")
