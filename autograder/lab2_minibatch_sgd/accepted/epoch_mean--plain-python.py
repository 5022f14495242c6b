"""Lists and sums only."""


def epoch_means(values, batches_per_epoch):
    means, epoch = [], []
    for value in values:
        epoch.append(float(value))
        if len(epoch) == batches_per_epoch:
            means.append(sum(epoch) / len(epoch))
            epoch = []
    return means


def converged_epochs(values, batches_per_epoch, tol):
    before = None
    for number, mean in enumerate(epoch_means(values, batches_per_epoch)):
        if before is not None and abs(mean / before - 1) < tol:
            return number
        before = mean
