"""Changes the clocks of its process, so that no limit of time seems to pass."""
# expects: draw timeout
# %% draw
import signal
import time

for name in ("time", "monotonic", "perf_counter", "process_time"):
    setattr(time, name, lambda: 0.0)
signal.setitimer(signal.ITIMER_REAL, 0)


def draw(rng, n):
    while n == 4:
        time.sleep(0.01)
    return rng.normal(size=n)
