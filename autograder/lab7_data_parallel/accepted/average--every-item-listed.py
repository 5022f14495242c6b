"""Each gradient is repeated once for each of its items."""


def average_gradients(grads, counts):
    return np.mean(np.repeat(np.array(grads), counts, axis=0), axis=0)
