"""The gradient has the wrong sign

The gradient points to where the loss grows. The minus sign belongs to the update, and the error is prediction
minus target.
"""


def gradient(w, x, y):
    error = y - forward(w, x)
    slope = 2 * np.mean(error * x)
    return w[1] * slope, w[0] * slope
