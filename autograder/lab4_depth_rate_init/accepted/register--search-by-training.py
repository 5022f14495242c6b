"""The fastest of some rates below the limit, by training"""


def choose_lr(depth, init):
    limit = largest_stable_lr(x, depth, a)
    best, fewest = None, 601
    for lr in limit * np.array([0.9, 0.3, 0.1, 0.02]):
        weights = np.full(depth, init)
        epochs = epochs_to(train_deep(x, y, weights, lr, 600), 1e-2)
        if epochs is not None and epochs < fewest:
            best, fewest = lr, epochs
    return best
