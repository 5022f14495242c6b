"""NumPy's weighted average."""


def average_gradients(grads, counts):
    return np.average(np.stack(grads), axis=0, weights=counts)
