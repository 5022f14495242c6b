"""The mean error is squared

Errors of opposite sign cancel before they are squared, so that a bad fit can have a loss of zero.
"""


def mse(y_pred, y_true):
    if np.shape(y_pred) != np.shape(y_true):
        raise ValueError("shapes differ")
    return np.mean(y_pred - y_true) ** 2
