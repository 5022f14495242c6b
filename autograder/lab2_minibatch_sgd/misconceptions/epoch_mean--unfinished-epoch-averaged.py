"""An epoch that was not finished is averaged too.

A few left-over values are no fair sample of the data: only complete epochs have a mean.
"""


def epoch_means(values, batches_per_epoch):
    starts = range(0, len(values), batches_per_epoch)
    return np.array([np.mean(values[start : start + batches_per_epoch]) for start in starts])


def converged_epochs(values, batches_per_epoch, tol):
    means = epoch_means(values, batches_per_epoch)
    for k in range(1, len(means)):
        if abs(means[k] - means[k - 1]) < tol * abs(means[k - 1]):
            return k
    return None
