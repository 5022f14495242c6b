"""Steps are counted from 1.

In step 0 every schedule has its full rate.
"""


def scheduled_lr(step, total, lr, kind):
    step = step + 1
    if kind == "constant":
        return lr
    if kind == "step":
        return lr * 0.1 ** (3 * step // total)
    if kind == "exponential":
        return lr * 0.01 ** (step / total)
    if kind == "cosine":
        return lr / 2 * (1 + np.cos(np.pi * step / total))
    raise ValueError(f"no schedule is called {kind!r}")
