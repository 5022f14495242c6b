"""The last rank sends to a rank that does not exist.

The ring is closed: the right neighbour of rank P − 1 is rank 0. Take numbers modulo P.
"""


def ring_all_reduce(buffers, send):
    world = len(buffers)
    sums = [buffer.copy() for buffer in buffers]
    chunks = [np.array_split(total, world) for total in sums]
    for step in range(world - 1):
        for rank in range(world):
            right, c = rank + 1, (rank - step) % world
            chunks[right][c] += send(rank, right, chunks[rank][c])
    for step in range(world - 1):
        for rank in range(world):
            right, c = rank + 1, (rank + 1 - step) % world
            chunks[right][c][:] = send(rank, right, chunks[rank][c])
    return sums
