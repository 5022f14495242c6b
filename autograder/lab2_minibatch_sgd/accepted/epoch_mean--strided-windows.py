"""Every batches_per_epoch-th of the sliding windows."""


def epoch_means(values, batches_per_epoch):
    if len(values) < batches_per_epoch:
        return np.empty(0)
    windows = np.lib.stride_tricks.sliding_window_view(values, batches_per_epoch)
    return windows[::batches_per_epoch].mean(axis=-1)


def converged_epochs(values, batches_per_epoch, tol):
    means = epoch_means(values, batches_per_epoch)
    pairs = zip(means, means[1:])
    return next((k for k, (old, new) in enumerate(pairs, start=1) if abs(new - old) < tol * abs(old)), None)
