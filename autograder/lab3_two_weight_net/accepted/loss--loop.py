"""A loop over all pairs"""


def loss(y_pred, y):
    if np.shape(y_pred) != np.shape(y):
        raise ValueError(np.shape(y_pred), np.shape(y))
    total, count = 0.0, 0
    for one, other in zip(np.ravel(y_pred), np.ravel(y)):
        total += (one - other) ** 2
        count += 1
    return total / count
