"""The root is taken of the rate as well.

Only the ratio of the batches stands under the root; the base rate is multiplied by it.
"""


def scaled_lr(base_lr, batch, base_batch, rule):
    if rule == "linear":
        return base_lr * batch / base_batch
    if rule == "sqrt":
        return np.sqrt(base_lr * batch / base_batch)
    raise ValueError(f"there is no rule '{rule}'")
