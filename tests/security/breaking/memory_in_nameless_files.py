"""Fills memory by files that have no name and belong to no process."""
# holds from: strong
# %% cell
import os

kept = []
try:
    while len(kept) < 150:
        kept.append(os.memfd_create("filler"))
        os.write(kept[-1], b"x" * 2**22)
    print("GOT-" + "THROUGH")
except OSError:
    pass
