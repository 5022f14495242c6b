"""Leaves a word in the kernel's key rings, which all processes of a session share, and looks for other ones."""
# holds from: strong
# %% cell
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
SESSION, USER, ADD_KEY, KEYCTL, READ, SEARCH = -3, -4, 248, 250, 11, 10
for ring in (SESSION, USER):
    number = libc.syscall(ADD_KEY, b"user", b"bank", b"word", 4, ring)
    if number >= 0:
        print("GOT-" + "THROUGH to ring", ring)
