"""In the second round what arrives is added.

The chunks that travel now are complete. They take the place of what was there.
"""


def ring_all_reduce(buffers, send):
    world = len(buffers)
    sums = [buffer.copy() for buffer in buffers]
    chunks = [np.array_split(total, world) for total in sums]
    for step in range(world - 1):
        for rank in range(world):
            right, c = (rank + 1) % world, (rank - step) % world
            chunks[right][c] += send(rank, right, chunks[rank][c])
    for step in range(world - 1):
        for rank in range(world):
            right, c = (rank + 1) % world, (rank + 1 - step) % world
            chunks[right][c] += send(rank, right, chunks[rank][c])
    return sums
