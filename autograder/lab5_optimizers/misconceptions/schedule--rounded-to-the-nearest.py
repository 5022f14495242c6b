"""The exponent of "step" is rounded to the nearest number, not down.

The brackets in the table round down: the first drop comes after a whole third.
"""


def scheduled_lr(step, total, lr, kind):
    if kind == "constant":
        return lr
    if kind == "step":
        return lr * 0.1 ** round(3 * step / total)
    if kind == "exponential":
        return lr * 0.01 ** (step / total)
    if kind == "cosine":
        return lr / 2 * (1 + np.cos(np.pi * step / total))
    raise ValueError(f"no schedule is called {kind!r}")
