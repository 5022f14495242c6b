"""The grid is sorted

The order of the weights is the caller's, and so are the arrays: sorting them in place changes both.
"""


def gradient_field(w1s, w2s, x, y):
    w1s.sort()
    w2s.sort()
    w1, w2 = w1s[:, None], w2s[None, :]
    slope = 2 * (w1 * w2 * np.mean(x * x) - np.mean(x * y))
    return w2 * slope, w1 * slope
