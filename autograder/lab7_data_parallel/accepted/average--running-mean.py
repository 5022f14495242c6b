"""A running mean over the ranks (Welford)."""


def average_gradients(grads, counts):
    mean, n = np.zeros_like(grads[0]), 0
    for grad, count in zip(grads, counts):
        n += count
        if count:
            mean = mean + (grad - mean) * count / n
    return mean
