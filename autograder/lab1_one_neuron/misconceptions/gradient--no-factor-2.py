"""The factor that the square leaves behind is missing

Differentiate a square by hand once more.
"""


def gradient(x, y, w, b):
    error = forward(x, w, b) - y
    return np.mean(error * x), np.mean(error)
