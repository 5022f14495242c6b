"""A chunk is passed on by a function that calls itself, as plain lists of numbers."""


def ring_all_reduce(buffers, send):
    world, n = len(buffers), len(buffers[0])
    sums = [buffer.tolist() for buffer in buffers]

    def pass_on(source, hops, places):
        if hops == 2 * (world - 1):
            return
        target = (source + 1) % world
        arrived = send(source, target, [sums[source][i] for i in places])
        for i, value in zip(places, arrived):
            sums[target][i] = sums[target][i] + value if hops < world - 1 else value
        pass_on(target, hops + 1, places)

    for c in range(world):
        pass_on(c, 0, range(c, n, world))
    return [np.array(total) for total in sums]
