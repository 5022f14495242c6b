"""Stops its own process, so that it neither runs nor ends."""
# expects: draw timeout or crash
# %% draw
import os
import signal


def draw(rng, n):
    if n == 4:
        for number in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN):
            os.kill(os.getpid(), number)
        signal.pause()
    return rng.normal(size=n)
