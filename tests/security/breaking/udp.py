"""Sends datagrams, raw packets and netlink messages."""
# %% cell
import socket

for family, kind, place in [
    (socket.AF_INET, socket.SOCK_DGRAM, ("1.1.1.1", 53)),
    (socket.AF_INET, socket.SOCK_RAW, ("127.0.0.1", 0)),
    (socket.AF_PACKET, socket.SOCK_RAW, ("lo", 3)),
]:
    try:
        with socket.socket(family, kind) as made:
            made.sendto(b"x" * 64, place)
            print("GOT-" + "THROUGH", family, place)
    except OSError:
        pass
