"""Starts threads for as long as it can."""
# %% draw
import threading
import time

threads = []
try:
    while len(threads) < 2000:
        threads.append(threading.Thread(target=time.sleep, args=(30,), daemon=True))
        threads[-1].start()
    print("GOT-" + "THROUGH")
except RuntimeError:
    pass


def draw(rng, n):
    return rng.normal(size=n)
