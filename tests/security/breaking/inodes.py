"""Makes empty files and folders until the disk has no entries left."""
# %% cell
import os

made = 0
try:
    for folder in (".", "/tmp", "/dev/shm"):
        for _ in range(20_000):
            made += 1
            os.mkdir(os.path.join(folder, f"d{made}"))
    print("GOT-" + "THROUGH")
except OSError:
    pass
