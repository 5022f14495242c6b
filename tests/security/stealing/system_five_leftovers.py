"""Looks for shared memory, semaphores and queues of System V that other submissions left."""
# %% cell
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
for key in range(1, 64):
    for attach in (libc.shmget, libc.msgget):
        number = attach(key, 0, 0) if attach is libc.msgget else attach(key, 1, 0)
        if number >= 0:
            print("GOT-" + "THROUGH", key, number)
for name in ("shm", "msg", "sem"):
    try:
        with open(f"/proc/sysvipc/{name}") as file:
            if len(file.read().splitlines()) > 1:
                print("GOT-" + "THROUGH", name)
    except OSError:
        pass
