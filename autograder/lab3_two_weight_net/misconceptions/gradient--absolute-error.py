"""The error has lost its sign

The sign of the error says whether the line is too steep or too flat, and so which way to turn it.
"""


def gradient(w, x, y):
    error = np.abs(forward(w, x) - y)
    slope = 2 * np.mean(error * x)
    return w[1] * slope, w[0] * slope
