"""Prints gigabytes, in Python, on the descriptors and in displays, and control characters that grow when they are stored."""
# %% cell
import os
import sys

from IPython.display import HTML, display

for _ in range(200):
    print("x" * 10_000)
    print("\x1b\x00" * 10_000)
    os.write(2, b"y" * 10_000)
    display(HTML("z" * 10_000))
for _ in range(20_000):
    sys.stdout.write("\n")
    display()
raise ValueError("e" * 10**6)
