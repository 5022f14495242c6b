""""step" never falls below a hundredth.

At the very end three thirds are over, and the formula gives a thousandth.
"""


def scheduled_lr(step, total, lr, kind):
    if kind == "constant":
        return lr
    if kind == "step":
        return lr * 0.1 ** min(3 * step // total, 2)
    if kind == "exponential":
        return lr * 0.01 ** (step / total)
    if kind == "cosine":
        return lr / 2 * (1 + np.cos(np.pi * step / total))
    raise ValueError(f"no schedule is called {kind!r}")
