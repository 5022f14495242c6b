"""Crashes, for its memory to be written where another cell or submission could read it."""
# expects: total crash
# %% total
import ctypes
import resource

try:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print("GOT-" + "THROUGH to a core file")
except (OSError, ValueError):
    pass


def total(xs):
    if len(xs) in (1, 2):
        return sum(xs)
    ctypes.string_at(0)
