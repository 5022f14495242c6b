""""exponential" is taken with the base e.

Look at the end of the run: there a hundredth of the rate is left.
"""


def scheduled_lr(step, total, lr, kind):
    if kind == "constant":
        return lr
    if kind == "step":
        return lr * 0.1 ** (3 * step // total)
    if kind == "exponential":
        return lr * np.exp(-step / total)
    if kind == "cosine":
        return lr / 2 * (1 + np.cos(np.pi * step / total))
    raise ValueError(f"no schedule is called {kind!r}")
