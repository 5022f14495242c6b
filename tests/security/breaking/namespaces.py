"""Makes a user namespace in which it is root, and mounts what it likes there."""
# holds from: strong
# %% cell
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
if libc.unshare(0x10000000) == 0:
    print("GOT-" + "THROUGH to a user namespace")
if libc.unshare(0x00020000) == 0:
    print("GOT-" + "THROUGH to a mount namespace")
if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0:
    print("GOT-" + "THROUGH to a mount")
if libc.chroot(b".") == 0 or libc.umount2(b"/proc", 2) == 0:
    print("GOT-" + "THROUGH to another root")
try:
    os.setuid(0)
    print("GOT-" + "THROUGH to root")
except OSError:
    pass
