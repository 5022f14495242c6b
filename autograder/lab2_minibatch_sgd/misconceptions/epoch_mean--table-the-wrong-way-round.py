"""Every batches_per_epoch-th value is averaged.

In a table with one epoch to a row, the mean of an epoch is that of its row, not of a column.
"""


def epoch_means(values, batches_per_epoch):
    epochs = len(values) // batches_per_epoch
    return np.reshape(values[: epochs * batches_per_epoch], (batches_per_epoch, epochs)).mean(axis=0)


def converged_epochs(values, batches_per_epoch, tol):
    means = epoch_means(values, batches_per_epoch)
    for k in range(1, len(means)):
        if abs(means[k] - means[k - 1]) < tol * abs(means[k - 1]):
            return k
    return None
