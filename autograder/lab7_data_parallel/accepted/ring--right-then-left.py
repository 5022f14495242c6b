"""Sums are made to the right and handed out to the left."""


def ring_all_reduce(buffers, send):
    world = len(buffers)
    sums = [buffer.copy() for buffer in buffers]
    chunks = [np.array_split(total, world) for total in sums]
    for step in range(world - 1):
        for rank in range(world):
            c = (rank - step) % world
            chunks[(rank + 1) % world][c] += send(rank, (rank + 1) % world, chunks[rank][c])
    for step in range(world - 1):
        for rank in range(world):
            c = (rank + 1 + step) % world
            chunks[(rank - 1) % world][c][...] = send(rank, (rank - 1) % world, chunks[rank][c])
    return sums
