"""Chunks travel to the left, in whole steps: all send before any adds."""


def ring_all_reduce(buffers, send):
    world = len(buffers)
    mine = [[chunk.copy() for chunk in np.array_split(buffer, world)] for buffer in buffers]
    for step in range(world - 1):
        arrived = [send((rank + 1) % world, rank, mine[(rank + 1) % world][(rank + 1 + step) % world]) for rank in range(world)]
        for rank in range(world):
            c = (rank + 1 + step) % world
            mine[rank][c] = mine[rank][c] + arrived[rank]
    for step in range(world - 1):
        arrived = [send((rank + 1) % world, rank, mine[(rank + 1) % world][(rank + step) % world]) for rank in range(world)]
        for rank in range(world):
            mine[rank][(rank + step) % world] = arrived[rank]
    return [np.concatenate(chunks) for chunks in mine]
