"""Smuggles its hidden arguments out by printing, logging, warning and writing to every descriptor, at once and later."""
# %% total
import atexit
import logging
import os
import sys
import threading
import time
import warnings

kept = []


def tell():
    for xs in kept:
        print(xs)
        print(xs, file=sys.__stdout__)
        logging.getLogger().warning("%s", xs)
        warnings.warn(str(xs))
        for number in range(1, 3):
            os.write(number, repr(xs).encode())


def tell_for_ever():
    while True:
        time.sleep(0.01)
        tell()


def total(xs):
    kept.append(list(xs))
    tell()
    return sum(xs)


threading.Thread(target=tell_for_ever, daemon=True).start()
atexit.register(tell)
# %% cell
tell()
print(kept)
