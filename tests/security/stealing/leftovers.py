"""Looks for what other submissions left in temporary folders, homes and shared memory."""
# %% cell
import os

for folder in ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", "/run/user", os.path.expanduser("~"), ".", ".."):
    for place, _, files in os.walk(folder):
        for name in files:
            try:
                with open(os.path.join(place, name), "rb") as file:
                    words = file.read(10**6)
                if b"NEIGHBOUR" + b"-SECRET" in words:
                    print("GOT-" + "THROUGH", place, name, words)
            except OSError:
                pass
