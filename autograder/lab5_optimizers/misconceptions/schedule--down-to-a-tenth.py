""""exponential" falls to a tenth at the end, not to a hundredth.

Put step = total into your formula.
"""


def scheduled_lr(step, total, lr, kind):
    if kind == "constant":
        return lr
    if kind == "step":
        return lr * 0.1 ** (3 * step // total)
    if kind == "exponential":
        return lr * 0.1 ** (step / total)
    if kind == "cosine":
        return lr / 2 * (1 + np.cos(np.pi * step / total))
    raise ValueError(f"no schedule is called {kind!r}")
