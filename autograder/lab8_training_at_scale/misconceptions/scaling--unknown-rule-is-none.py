"""An unknown rule gives None.

Where no rule fits, raise ValueError instead of letting the function end.
"""


def scaled_lr(base_lr, batch, base_batch, rule):
    ratio = batch / base_batch
    if rule == "linear":
        return base_lr * ratio
    elif rule == "sqrt":
        return base_lr * np.sqrt(ratio)
