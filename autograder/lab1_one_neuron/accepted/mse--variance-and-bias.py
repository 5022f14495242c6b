"""Variance of the error plus its mean squared"""


def mse(y_pred, y_true):
    y_pred, y_true = np.asarray(y_pred), np.asarray(y_true)
    if y_pred.shape != y_true.shape:
        raise ValueError("different shapes")
    error = y_pred - y_true
    return np.var(error) + np.mean(error) ** 2
