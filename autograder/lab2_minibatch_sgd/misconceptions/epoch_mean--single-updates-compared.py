"""Convergence is judged by single updates.

Two neighbouring batches differ even when nothing is left to learn. Compare the means of two epochs.
"""


def epoch_means(values, batches_per_epoch):
    epochs = len(values) // batches_per_epoch
    return np.reshape(values[: epochs * batches_per_epoch], (epochs, batches_per_epoch)).mean(axis=1)


def converged_epochs(values, batches_per_epoch, tol):
    for t in range(1, len(values)):
        if abs(values[t] - values[t - 1]) < tol * abs(values[t - 1]):
            return t // batches_per_epoch
    return None
