"""Prints for ever, without a moment's rest, on descriptor 1."""
# %% cell
import os

while True:
    os.write(1, b"x" * 65536)
