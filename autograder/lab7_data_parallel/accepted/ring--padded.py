"""Buffers are padded with zeros to a table with a row for each chunk."""


def ring_all_reduce(buffers, send):
    world, n = len(buffers), len(buffers[0])
    size = -(-n // world)
    tables = [np.pad(buffer, (0, world * size - n)).reshape(world, size) for buffer in buffers]
    for step in range(world - 1):
        for rank in range(world):
            c = (rank - step) % world
            tables[(rank + 1) % world][c] += send(rank, (rank + 1) % world, tables[rank][c])
    for step in range(world - 1):
        for rank in range(world):
            c = (rank + 1 - step) % world
            tables[(rank + 1) % world][c] = send(rank, (rank + 1) % world, tables[rank][c])
    return [table.ravel()[:n] for table in tables]
