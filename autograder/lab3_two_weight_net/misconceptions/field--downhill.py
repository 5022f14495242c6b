"""The arrows point downhill

For a picture one may turn them around. The question asks for the gradient itself.
"""


def gradient_field(w1s, w2s, x, y):
    w1, w2 = w1s[:, None], w2s[None, :]
    slope = 2 * (w1 * w2 * np.mean(x * x) - np.mean(x * y))
    return -w2 * slope, -w1 * slope
