"""Fills memory by shared mappings, which count for no process's own data."""
# expects: scale limit or raised or crash
# %% scale
import mmap


def scale(x, factor):
    kept = []
    while factor != 2.0 and len(kept) < 40:
        kept.append(mmap.mmap(-1, 2**25))
        kept[-1].write(b"x" * 2**25)
    if len(kept) == 40:
        print("GOT-" + "THROUGH")
    return x * factor if factor == 2.0 else None
