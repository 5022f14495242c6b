"""The squared errors are added up, not averaged

What happens to your loss when the same data are given twice over?
"""


def loss(y_pred, y):
    if np.shape(y_pred) != np.shape(y):
        raise ValueError("shapes differ")
    return np.sum((y_pred - y) ** 2)
