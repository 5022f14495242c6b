"""The error with itself, divided by their number"""


def loss(y_pred, y):
    y_pred, y = np.asarray(y_pred), np.asarray(y)
    if y_pred.shape != y.shape:
        raise ValueError("y_pred and y must have the same shape")
    error = (y_pred - y).ravel()
    return float(error @ error) / error.size
