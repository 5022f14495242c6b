"""From just below the limit down by halves until a run arrives"""


def choose_lr(depth, init):
    lr = 0.95 * largest_stable_lr(x, depth, a)
    while epochs_to(train_deep(x, y, np.full(depth, init), lr, 600), 1e-2) is None:
        lr /= 2
    return lr
