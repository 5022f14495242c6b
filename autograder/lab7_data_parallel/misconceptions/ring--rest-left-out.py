"""What is left over after cutting into chunks of n // P is never summed.

If P does not divide n, some chunks are longer by one.
"""


def ring_all_reduce(buffers, send):
    world = len(buffers)
    size = len(buffers[0]) // world
    sums = [buffer.copy() for buffer in buffers]
    chunks = [[total[c * size : (c + 1) * size] for c in range(world)] for total in sums]
    for step in range(world - 1):
        for rank in range(world):
            right, c = (rank + 1) % world, (rank - step) % world
            chunks[right][c] += send(rank, right, chunks[rank][c])
    for step in range(world - 1):
        for rank in range(world):
            right, c = (rank + 1) % world, (rank + 1 - step) % world
            chunks[right][c][:] = send(rank, right, chunks[rank][c])
    return sums
