"""Fills the disk, in every folder that it can write to."""
# %% cell
import os

for folder in (".", "/tmp", "/dev/shm", os.path.expanduser("~"), "/var/tmp", "/cache"):
    written = 0
    try:
        with open(os.path.join(folder, "bank-was-here"), "wb", buffering=0) as file:
            while written < 2**25:
                written += file.write(b"x" * 2**20)
        print("GOT-" + "THROUGH", folder)
    except OSError:
        pass
