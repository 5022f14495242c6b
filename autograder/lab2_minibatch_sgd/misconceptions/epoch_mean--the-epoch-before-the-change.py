"""The epoch before the small change is returned.

The epoch that changed by little is the later one of the two.
"""


def epoch_means(values, batches_per_epoch):
    epochs = len(values) // batches_per_epoch
    return np.reshape(values[: epochs * batches_per_epoch], (epochs, batches_per_epoch)).mean(axis=1)


def converged_epochs(values, batches_per_epoch, tol):
    means = epoch_means(values, batches_per_epoch)
    for k in range(1, len(means)):
        if abs(means[k] - means[k - 1]) < tol * abs(means[k - 1]):
            return k - 1
    return None
