"""Lets a thread change its answers while they are being sent."""
# expects: scale failed or raised or protocol or crash
# %% scale
import threading

import numpy as np


def scale(x, factor):
    if factor == 2.0:
        return x * factor
    made = np.zeros(x.shape)
    threading.Thread(target=change, args=(made,), daemon=True).start()
    return made


def change(made):
    for step in range(10**6):
        made[...] = step
