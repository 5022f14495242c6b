""""cosine" is a whole wave, so the rate rises again in the second half.

At the end of the run the cosine is −1 and the rate is 0.
"""


def scheduled_lr(step, total, lr, kind):
    if kind == "constant":
        return lr
    if kind == "step":
        return lr * 0.1 ** (3 * step // total)
    if kind == "exponential":
        return lr * 0.01 ** (step / total)
    if kind == "cosine":
        return lr / 2 * (1 + np.cos(2 * np.pi * step / total))
    raise ValueError(f"no schedule is called {kind!r}")
