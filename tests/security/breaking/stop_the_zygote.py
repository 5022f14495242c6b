"""Stops and traces its parent, changes its priority and its limits."""
# %% cell
import os
import resource
import signal

for pid in {os.getppid(), 1, 2, 3, 4, 5} - {os.getpid()}:
    for attempt in (
        lambda: os.kill(pid, signal.SIGSTOP),
        lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
        lambda: resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1)),
        lambda: os.sched_setaffinity(pid, {0}),
    ):
        try:
            attempt()
            if pid != 0:
                print("GOT-" + "THROUGH", pid)
        except OSError:
            pass
