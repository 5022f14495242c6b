"""Lets a thread end the process between two tests, when nobody asks anything of it."""
# expects: * passed or crash or not-run
# %% total
import os
import threading
import time


def later():
    time.sleep(0.05)
    os._exit(0)


def total(xs):
    if len(xs) not in (1, 2):
        threading.Thread(target=later, daemon=True).start()
    return sum(xs)
