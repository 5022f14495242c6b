"""Differences of cumulative sums, and the first hit by argmax."""


def epoch_means(values, batches_per_epoch):
    sums = np.concatenate([[0.0], np.cumsum(values)])[::batches_per_epoch]
    return np.diff(sums) / batches_per_epoch


def converged_epochs(values, batches_per_epoch, tol):
    means = epoch_means(values, batches_per_epoch)
    settled = np.abs(np.diff(means)) / np.abs(means[:-1]) < tol
    return np.argmax(settled) + 1 if settled.any() else None
