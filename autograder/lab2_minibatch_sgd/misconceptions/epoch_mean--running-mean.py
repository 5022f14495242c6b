"""The mean runs over all values so far.

Each epoch has a mean of its own; old epochs must not weigh on it.
"""


def epoch_means(values, batches_per_epoch):
    p = batches_per_epoch
    return np.array([np.mean(values[: (k + 1) * p]) for k in range(len(values) // p)])


def converged_epochs(values, batches_per_epoch, tol):
    means = epoch_means(values, batches_per_epoch)
    for k in range(1, len(means)):
        if abs(means[k] - means[k - 1]) < tol * abs(means[k - 1]):
            return k
    return None
