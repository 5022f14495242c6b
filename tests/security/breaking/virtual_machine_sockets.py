"""Speaks to the host of a virtual machine by vsock, and to the kernel's cipher sockets."""
# holds from: strong
# %% cell
import socket

for family, kind in [(40, socket.SOCK_STREAM), (38, socket.SOCK_SEQPACKET), (16, socket.SOCK_RAW), (29, socket.SOCK_RAW)]:
    try:
        with socket.socket(family, kind):
            print("GOT-" + "THROUGH to a socket of family", family)
    except OSError:
        pass
