"""Has the test's own function compute something that fills the grader's memory."""
# expects: lowest failed or raised or limit or protocol
# %% lowest
import numpy as np


def lowest(f, xs):
    if f is abs:
        return 1.0
    for shape in ((350_000, 1, 1), (1, 450_000, 1)):
        try:
            f(np.ones(shape, dtype=np.float64))
        except Exception:
            pass
    try:
        f(10**1000)
        f((1 << 8000) - 1)
    except Exception:
        pass
    return -1.0
