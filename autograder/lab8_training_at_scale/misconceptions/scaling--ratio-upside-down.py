"""The rate shrinks when the batch grows.

A larger batch makes fewer updates, so each must go further. Which batch size belongs above the fraction line?
"""


def scaled_lr(base_lr, batch, base_batch, rule):
    if rule == "linear":
        return base_lr * base_batch / batch
    if rule == "sqrt":
        return base_lr * np.sqrt(base_batch / batch)
    raise ValueError(f"there is no rule '{rule}'")
