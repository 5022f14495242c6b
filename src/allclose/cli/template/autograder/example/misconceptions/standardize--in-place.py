"""Changes its argument

`x -= ...` changes the array that the caller passed in; `x = x - ...` makes a new one.
"""


def standardize(x):
    x -= x.mean()
    x /= x.std()
    return x
