"""An unknown rule is taken for the linear one.

A misspelt rule must raise ValueError, or nobody will notice.
"""


def scaled_lr(base_lr, batch, base_batch, rule):
    ratio = batch / base_batch
    if rule == "sqrt":
        ratio = np.sqrt(ratio)
    return base_lr * ratio
