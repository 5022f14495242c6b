"""An assertion is used to check the shapes

An assert raises AssertionError, and none at all when Python runs with -O. The question names the error to
raise.
"""


def loss(y_pred, y):
    assert np.shape(y_pred) == np.shape(y)
    return np.mean((y_pred - y) ** 2)
