"""Forks for as long as it can, in a cell and in a test."""
# expects: draw timeout or crash or raised or limit or protocol or failed
# %% draw
import os
import time


def bomb():
    children = 0
    while children < 2000:
        try:
            if os.fork() == 0:
                time.sleep(30)
                os._exit(0)
            children += 1
        except OSError:
            return children
    print("GOT-" + "THROUGH", children)
    return children


bomb()


def draw(rng, n):
    if n == 4:
        while True:
            bomb()
    return rng.normal(size=n)
