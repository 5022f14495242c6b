"""Only the lengths are compared

len() sees the first axis alone. A column and a plain list of six have the same length, but not the same
shape.
"""


def loss(y_pred, y):
    if len(y_pred) != len(y):
        raise ValueError("lengths differ")
    return np.mean((y_pred - y) ** 2)
