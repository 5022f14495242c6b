"""The second round starts with a chunk that is not complete.

After P − 1 steps of the first round rank r has the complete chunk r + 1, not chunk r.
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
            right, c = (rank + 1) % world, (rank - step) % world
            chunks[right][c][:] = send(rank, right, chunks[rank][c])
    return sums
