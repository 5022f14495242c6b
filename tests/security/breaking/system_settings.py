"""Sets the clock of the system, the name of the machine and its own groups."""
# %% cell
import ctypes
import os
import socket
import time

for attempt in (
    lambda: time.clock_settime(time.CLOCK_REALTIME, 0),
    lambda: socket.sethostname("elsewhere"),
    lambda: os.setgroups([0]),
):
    try:
        attempt()
        print("GOT-" + "THROUGH")
    except OSError:
        pass
time.time = time.monotonic = time.perf_counter = lambda: 0.0
