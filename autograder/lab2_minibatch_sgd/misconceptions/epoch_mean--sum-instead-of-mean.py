"""The values of an epoch are added up, not averaged.

A mean divides the sum by the number of values.
"""


def epoch_means(values, batches_per_epoch):
    epochs = len(values) // batches_per_epoch
    return np.reshape(values[: epochs * batches_per_epoch], (epochs, batches_per_epoch)).sum(axis=1)


def converged_epochs(values, batches_per_epoch, tol):
    means = epoch_means(values, batches_per_epoch)
    for k in range(1, len(means)):
        if abs(means[k] - means[k - 1]) < tol * abs(means[k - 1]):
            return k
    return None
