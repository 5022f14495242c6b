"""Makes a folder within a folder within a folder, for whoever cleans up to run out of stack."""
# expects: note raised
# %% cell
import os

try:
    for _ in range(5000):
        os.mkdir("d")
        os.chdir("d")
except OSError:
    pass
