"""The rate is halved at each third.

In the table it falls to a tenth.
"""


def scheduled_lr(step, total, lr, kind):
    if kind == "constant":
        return lr
    if kind == "step":
        return lr * 0.5 ** (3 * step // total)
    if kind == "exponential":
        return lr * 0.01 ** (step / total)
    if kind == "cosine":
        return lr / 2 * (1 + np.cos(np.pi * step / total))
    raise ValueError(f"no schedule is called {kind!r}")
