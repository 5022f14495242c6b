"""Absolute errors are averaged, not squared ones

Try it with errors of 1 and 3: which loss should come out?
"""


def mse(y_pred, y_true):
    if np.shape(y_pred) != np.shape(y_true):
        raise ValueError("shapes differ")
    return np.mean(np.abs(y_pred - y_true))
