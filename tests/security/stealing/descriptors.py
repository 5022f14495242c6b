"""Reads from every descriptor of every process that it can see, those that it has inherited included."""
# %% cell
import glob
import os

for path in glob.glob("/proc/[0-9]*/fd/*"):
    try:
        target = os.readlink(path)
        print(path.rsplit("/", 1)[1], target)
        if target.startswith("/") and not target.startswith("/dev/"):
            with open(path, "rb") as file:
                print(file.read(1000))
    except OSError:
        pass
for number in range(3, 256):
    try:
        print(number, os.pread(number, 1000, 0))
    except OSError:
        pass
