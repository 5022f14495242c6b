"""Asks for an io_uring, by which system calls can be made that no filter sees."""
# holds from: strong
# %% cell
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
parameters = ctypes.create_string_buffer(120)
if libc.syscall(425, 4, parameters) >= 0:
    print("GOT-" + "THROUGH")
