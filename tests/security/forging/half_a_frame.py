"""Announces an answer and never sends the rest of it."""
# expects: total timeout
# %% total
import gc
import struct
import time

from allclose.sandbox.wire import Channel


def total(xs):
    if len(xs) in (1, 2):
        return sum(xs)
    for thing in gc.get_objects():
        if type(thing) is Channel:
            thing.connection.sendall(struct.pack("!IIB", 1000, thing._sent, 18))
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
