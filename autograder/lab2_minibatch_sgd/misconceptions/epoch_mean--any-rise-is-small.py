"""A loss that rises counts as converged.

A mean that goes up by much has changed as well: take the size of the change.
"""


def epoch_means(values, batches_per_epoch):
    epochs = len(values) // batches_per_epoch
    return np.reshape(values[: epochs * batches_per_epoch], (epochs, batches_per_epoch)).mean(axis=1)


def converged_epochs(values, batches_per_epoch, tol):
    means = epoch_means(values, batches_per_epoch)
    for k in range(1, len(means)):
        if means[k - 1] - means[k] < tol * means[k - 1]:
            return k
    return None
