"""The dot product of the error with itself"""


def mse(y_pred, y_true):
    error = np.asarray(y_pred, dtype=float)
    if error.shape != np.asarray(y_true).shape:
        raise ValueError(f"{error.shape} is not {np.asarray(y_true).shape}")
    error = (error - y_true).ravel()
    return float(error @ error) / error.size
