"""A name that is not known is taken for "constant".

A misspelt name would go unnoticed for a whole training: raise ValueError.
"""


def scheduled_lr(step, total, lr, kind):
    if kind == "constant":
        return lr
    if kind == "step":
        return lr * 0.1 ** (3 * step // total)
    if kind == "exponential":
        return lr * 0.01 ** (step / total)
    if kind == "cosine":
        return lr / 2 * (1 + np.cos(np.pi * step / total))
    return lr
