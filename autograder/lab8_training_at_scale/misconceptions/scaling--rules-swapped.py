"""The two rules are exchanged.

Which one is in proportion to the batch? Try four times the batch: one rule gives four times the rate.
"""


def scaled_lr(base_lr, batch, base_batch, rule):
    if rule == "linear":
        return base_lr * np.sqrt(batch / base_batch)
    if rule == "sqrt":
        return base_lr * batch / base_batch
    raise ValueError(f"there is no rule '{rule}'")
