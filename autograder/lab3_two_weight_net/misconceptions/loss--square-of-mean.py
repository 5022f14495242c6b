"""The mean error is squared

Errors of opposite sign cancel before they are squared, so that a bad fit can have a loss of zero.
"""


def loss(y_pred, y):
    if np.shape(y_pred) != np.shape(y):
        raise ValueError("shapes differ")
    return np.mean(y_pred - y) ** 2
