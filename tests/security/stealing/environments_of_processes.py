"""Reads the environment of every process that it can see."""
# %% cell
import glob

for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/task/*/environ"):
    try:
        with open(path, "rb") as file:
            text = file.read()
        print(path, text)
    except OSError:
        pass
