"""Fewer values than ranks are refused.

Some chunks are empty then. An empty chunk can be sent and added like any other.
"""


def ring_all_reduce(buffers, send):
    world = len(buffers)
    if len(buffers[0]) < world:
        raise ValueError("not enough values for so many ranks")
    sums = [buffer.copy() for buffer in buffers]
    chunks = [np.array_split(total, world) for total in sums]
    for step in range(world - 1):
        for rank in range(world):
            right, c = (rank + 1) % world, (rank - step) % world
            chunks[right][c] += send(rank, right, chunks[rank][c])
    for step in range(world - 1):
        for rank in range(world):
            right, c = (rank + 1) % world, (rank + 1 - step) % world
            chunks[right][c][:] = send(rank, right, chunks[rank][c])
    return sums
