"""The mean is that of the epoch before.

The values of epoch k start at k times batches_per_epoch. A slice that ends there belongs to the epoch before.
"""


def epoch_means(values, batches_per_epoch):
    p = batches_per_epoch
    epochs = len(values) // p
    return np.array([np.mean(values[max(k - 1, 0) * p : max(k, 1) * p]) for k in range(epochs)])


def converged_epochs(values, batches_per_epoch, tol):
    means = epoch_means(values, batches_per_epoch)
    for k in range(1, len(means)):
        if abs(means[k] - means[k - 1]) < tol * abs(means[k - 1]):
            return k
    return None
