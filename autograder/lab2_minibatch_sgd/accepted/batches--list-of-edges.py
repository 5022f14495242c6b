"""All edges are listed, then two neighbours are picked."""


def edges(n, batch_size):
    return np.append(np.arange(0, n, batch_size), n)


def num_batches(n, batch_size):
    return len(edges(n, batch_size)) - 1


def batch_bounds(j, n, batch_size):
    start, end = edges(n, batch_size)[j : j + 2]
    return start, end
