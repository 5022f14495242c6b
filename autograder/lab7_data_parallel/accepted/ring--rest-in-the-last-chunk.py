"""Chunks of n // P values; the last one holds what is left over as well."""


def ring_all_reduce(buffers, send):
    world = len(buffers)
    n = len(buffers[0])
    bounds = [c * (n // world) for c in range(world)] + [n]
    sums = [buffer.copy() for buffer in buffers]
    chunks = [[total[bounds[c] : bounds[c + 1]] for c in range(world)] for total in sums]
    for step in range(world - 1):
        for rank in range(world):
            right, c = (rank + 1) % world, (rank - step) % world
            chunks[right][c] += send(rank, right, chunks[rank][c])
    for step in range(world - 1):
        for rank in range(world):
            right, c = (rank + 1) % world, (rank + 1 - step) % world
            chunks[right][c][:] = send(rank, right, chunks[rank][c])
    return sums
