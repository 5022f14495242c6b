"""Remembers hidden arguments in a file, then dies, so that its cells run again and print them."""
# expects: total crash
# %% total
import os

for folder in (".", "/tmp", "/dev/shm", os.path.expanduser("~")):
    for name in os.listdir(folder):
        if name.startswith("kept"):
            print(open(os.path.join(folder, name)).read())


def total(xs):
    if len(xs) in (1, 2):
        return sum(xs)
    for folder in (".", "/tmp", "/dev/shm"):
        with open(os.path.join(folder, "kept"), "a") as file:
            file.write(repr(xs))
    os._exit(0)
