"""A loop over the entries"""

import math


def mse(y_pred, y_true):
    if np.shape(y_pred) != np.shape(y_true):
        raise ValueError("y_pred and y_true must have the same shape")
    squares = [(p - t) ** 2 for p, t in zip(np.ravel(y_pred).tolist(), np.ravel(y_true).tolist())]
    return math.fsum(squares) / len(squares)
