"""Absolute errors are averaged, not squared ones

Try it with errors of 1 and 3: which loss should come out?
"""


def loss(y_pred, y):
    if np.shape(y_pred) != np.shape(y):
        raise ValueError("shapes differ")
    return np.mean(np.abs(y_pred - y))
