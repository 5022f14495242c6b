"""One copy is made, and all ranks share it.

A list times a number repeats the same object. Make a new copy for each entry.
"""


def broadcast(buffers, root):
    return [buffers[root].copy()] * len(buffers)
