"""The rate grows by its base with each doubling of the batch.

That is a logarithm. Eight times the batch has eight times the rate by the linear rule.
"""


def scaled_lr(base_lr, batch, base_batch, rule):
    if rule == "linear":
        return base_lr * (1 + np.log2(batch / base_batch))
    if rule == "sqrt":
        return base_lr * np.sqrt(batch / base_batch)
    raise ValueError(f"there is no rule '{rule}'")
