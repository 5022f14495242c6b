"""The largest rate that comes below the threshold once

A rate that is too large comes below the threshold early and does not stay there.
"""


def choose_lr(depth, init):
    for lr in np.geomspace(0.3, 1e-4, 15):
        weights = np.full(depth, init)
        if np.any(np.asarray(train_deep(x, y, weights, lr, 600)) < 1e-2):
            return lr
    return 1e-4
