"""An assertion is used to check the input

An assert raises AssertionError, and none at all when Python runs with -O. The question names the error to
raise.
"""


def mse(y_pred, y_true):
    assert np.shape(y_pred) == np.shape(y_true)
    return np.mean((y_pred - y_true) ** 2)
