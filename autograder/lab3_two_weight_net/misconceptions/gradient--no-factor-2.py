"""The factor that the square leaves behind is missing

Differentiate a square by hand once more.
"""


def gradient(w, x, y):
    error = forward(w, x) - y
    slope = np.mean(error * x)
    return w[1] * slope, w[0] * slope
