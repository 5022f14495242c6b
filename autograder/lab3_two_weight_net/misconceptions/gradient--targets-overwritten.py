"""The targets are overwritten with the error

y -= ... changes the array of whoever called you: the next epoch trains on errors for targets.
"""


def gradient(w, x, y):
    y -= forward(w, x)
    slope = -2 * np.mean(y * x)
    return w[1] * slope, w[0] * slope
