"""Connects to hosts and ports of the machine, the network and the cloud, and listens itself."""
# %% cell
import socket

for place in [("127.0.0.1", 22), ("127.0.0.1", 8888), ("169.254.169.254", 80), ("1.1.1.1", 53), ("10.0.0.1", 80)]:
    try:
        socket.create_connection(place, timeout=0.2)
        print("GOT-" + "THROUGH", place)
    except OSError:
        pass
try:
    socket.getaddrinfo("example.org", 80)
    print("GOT-" + "THROUGH by name")
except OSError:
    pass
