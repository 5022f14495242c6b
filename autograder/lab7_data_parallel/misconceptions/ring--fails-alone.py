"""A single rank gets no sum.

With P = 1 there is nothing to send, and the sum is the buffer.
"""


def ring_all_reduce(buffers, send):
    world = len(buffers)
    n = len(buffers[0])
    sums = [np.zeros(n) for _ in buffers]
    for c in range(world):
        items = np.arange(c, n, world)
        total = buffers[c][items]
        for hop in range(world - 1):
            source, target = (c + hop) % world, (c + hop + 1) % world
            total = send(source, target, total) + buffers[target][items]
        for hop in range(world - 1, 2 * world - 2):
            source, target = (c + hop) % world, (c + hop + 1) % world
            sums[source][items] = total
            total = send(source, target, total)
            sums[target][items] = total
    return sums
