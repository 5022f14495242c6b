""""cosine" is a quarter of a wave.

At the end both come to 0, but in the middle half of the rate is left.
"""


def scheduled_lr(step, total, lr, kind):
    if kind == "constant":
        return lr
    if kind == "step":
        return lr * 0.1 ** (3 * step // total)
    if kind == "exponential":
        return lr * 0.01 ** (step / total)
    if kind == "cosine":
        return lr * np.cos(np.pi * step / total / 2)
    raise ValueError(f"no schedule is called {kind!r}")
