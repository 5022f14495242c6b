"""The chunks are the shards of question 3."""


def ring_all_reduce(buffers, send):
    world, n = len(buffers), len(buffers[0])
    places = [shard(n, c, world) for c in range(world)]
    sums = np.array(buffers)
    for step in range(2 * (world - 1)):
        first = step < world - 1
        for rank in range(world):
            right = (rank + 1) % world
            at = places[(rank - step) % world]
            arrived = send(rank, right, sums[rank][at])
            if first:
                sums[right][at] += arrived
            else:
                sums[right][at] = arrived
    return list(sums)
