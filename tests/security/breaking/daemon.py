"""Leaves processes behind that have a session of their own and ignore every signal."""
# %% cell
import os
import signal
import time

for number in range(3):
    try:
        if os.fork() == 0:
            os.setsid()
            for ignored in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
                signal.signal(ignored, signal.SIG_IGN)
            if os.fork() == 0:
                time.sleep(300)
            os._exit(0)
    except OSError:
        pass
