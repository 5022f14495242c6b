"""All arrows have the same length

For a picture one may shorten the long ones. The gradient is as long as the slope is steep.
"""


def gradient_field(w1s, w2s, x, y):
    w1, w2 = w1s[:, None], w2s[None, :]
    slope = 2 * (w1 * w2 * np.mean(x * x) - np.mean(x * y))
    dw1, dw2 = w2 * slope, w1 * slope
    length = np.hypot(dw1, dw2) + 1e-12
    return dw1 / length, dw2 / length
