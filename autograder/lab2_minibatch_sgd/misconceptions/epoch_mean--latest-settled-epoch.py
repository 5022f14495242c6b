"""The last epoch that changed by little is returned, not the first.

Training could have stopped at the first one.
"""


def epoch_means(values, batches_per_epoch):
    epochs = len(values) // batches_per_epoch
    return np.reshape(values[: epochs * batches_per_epoch], (epochs, batches_per_epoch)).mean(axis=1)


def converged_epochs(values, batches_per_epoch, tol):
    means = epoch_means(values, batches_per_epoch)
    for k in range(len(means) - 1, 0, -1):
        if abs(means[k] - means[k - 1]) < tol * abs(means[k - 1]):
            return k
    return None
