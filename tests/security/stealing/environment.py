"""Prints its environment, by Python and by the C library."""
# %% cell
import ctypes
import os
import subprocess

print(dict(os.environ))
environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
place = 0
while environ[place]:
    print(environ[place])
    place += 1
try:
    print(subprocess.run(["env"], capture_output=True, text=True).stdout)
except OSError:
    pass
