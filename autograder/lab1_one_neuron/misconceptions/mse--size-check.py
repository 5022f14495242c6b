"""Only the numbers of entries are compared

A column of six and a plain list of six hold equally many entries, but their difference is a table of 36.
"""


def mse(y_pred, y_true):
    if np.size(y_pred) != np.size(y_true):
        raise ValueError("sizes differ")
    return np.mean((y_pred - y_true) ** 2)
