"""Source and target of the messages are swapped.

The first argument of send is the rank whose values travel, the second the one that gets them.
"""


def ring_all_reduce(buffers, send):
    world = len(buffers)
    sums = [buffer.copy() for buffer in buffers]
    chunks = [np.array_split(total, world) for total in sums]
    for step in range(world - 1):
        for rank in range(world):
            right, c = (rank + 1) % world, (rank - step) % world
            chunks[right][c] += send(right, rank, chunks[rank][c])
    for step in range(world - 1):
        for rank in range(world):
            right, c = (rank + 1) % world, (rank + 1 - step) % world
            chunks[right][c][:] = send(right, rank, chunks[rank][c])
    return sums
