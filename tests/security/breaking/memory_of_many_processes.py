"""Lets each of many processes take as much memory as one may."""
# holds from: strong
# expects: draw failed or limit or crash or raised or timeout or missing or protocol or not-run
# expects: * passed or limit or crash or not-run or missing
# %% draw
import os
import time


def draw(rng, n):
    if n != 4:
        return rng.normal(size=n)
    for _ in range(4):
        if os.fork() == 0:
            kept = bytearray(200_000_000)
            kept[::4096] = b"x" * len(kept[::4096])
            time.sleep(30)
            os._exit(0)
    time.sleep(1)
    return rng.normal(size=n)
