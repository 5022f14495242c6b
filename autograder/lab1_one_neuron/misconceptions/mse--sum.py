"""The squared errors are added up, not averaged

What happens to your loss when the same data are given twice over?
"""


def mse(y_pred, y_true):
    if np.shape(y_pred) != np.shape(y_true):
        raise ValueError("shapes differ")
    return np.sum((y_pred - y_true) ** 2)
