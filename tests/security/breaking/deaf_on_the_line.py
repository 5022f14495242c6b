"""Stops reading and answers nothing, while the test sends it more than a socket holds."""
# expects: draw timeout
# %% draw
import time


def draw(rng, n):
    while n == 4:
        try:
            time.sleep(60)
        except BaseException:
            pass
    return rng.normal(size=n)
