"""What arrives is put into the list of chunks, not into the array that was cut.

An assignment to a place of the list leaves the array alone. Write into the view: chunk[:] = arrived.
"""


def ring_all_reduce(buffers, send):
    world = len(buffers)
    sums = [buffer.copy() for buffer in buffers]
    chunks = [np.array_split(total, world) for total in sums]
    for step in range(world - 1):
        for rank in range(world):
            right, c = (rank + 1) % world, (rank - step) % world
            chunks[right][c] = chunks[right][c] + send(rank, right, chunks[rank][c])
    for step in range(world - 1):
        for rank in range(world):
            right, c = (rank + 1) % world, (rank + 1 - step) % world
            chunks[right][c] = send(rank, right, chunks[rank][c])
    return sums
