"""The cosine is given degrees.

NumPy's cosine wants radians: half a wave is π.
"""


def scheduled_lr(step, total, lr, kind):
    if kind == "constant":
        return lr
    if kind == "step":
        return lr * 0.1 ** (3 * step // total)
    if kind == "exponential":
        return lr * 0.01 ** (step / total)
    if kind == "cosine":
        return lr / 2 * (1 + np.cos(180 * step / total))
    raise ValueError(f"no schedule is called {kind!r}")
