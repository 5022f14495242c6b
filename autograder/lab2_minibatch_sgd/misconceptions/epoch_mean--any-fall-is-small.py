"""A change is compared with its sign.

A signed change is below tol whenever the loss falls by much: take its size.
"""


def epoch_means(values, batches_per_epoch):
    epochs = len(values) // batches_per_epoch
    return np.reshape(values[: epochs * batches_per_epoch], (epochs, batches_per_epoch)).mean(axis=1)


def converged_epochs(values, batches_per_epoch, tol):
    means = epoch_means(values, batches_per_epoch)
    for k in range(1, len(means)):
        if means[k] - means[k - 1] < tol * means[k - 1]:
            return k
    return None
