"""A window slides over the values one by one.

Windows that overlap are no epochs: there is one mean for each complete epoch.
"""


def epoch_means(values, batches_per_epoch):
    if len(values) < batches_per_epoch:
        return np.array([])
    return np.convolve(values, np.ones(batches_per_epoch) / batches_per_epoch, mode="valid")


def converged_epochs(values, batches_per_epoch, tol):
    means = epoch_means(values, batches_per_epoch)
    for k in range(1, len(means)):
        if abs(means[k] - means[k - 1]) < tol * abs(means[k - 1]):
            return k
    return None
