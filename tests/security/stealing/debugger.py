"""Attaches to other processes as a debugger would, and reads them by their memory."""
# %% cell
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(64)


class Span(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


here, there = Span(ctypes.addressof(buffer), 64), Span(id(None), 64)
for pid in [*range(1, 400), os.getppid()]:
    if pid in (os.getpid(), 0):
        continue
    if libc.ptrace(16, pid, None, None) == 0:
        print("GOT-" + "THROUGH by ptrace", pid)
    if libc.process_vm_readv(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) > 0:
        print("GOT-" + "THROUGH by process_vm_readv", pid)
