"""The contributions of the points are added up, not averaged

Each entry is what gradient gives at that place. What does that do with the number of points?
"""


def gradient_field(w1s, w2s, x, y):
    w1, w2 = w1s[:, None], w2s[None, :]
    slope = 2 * (w1 * w2 * np.sum(x * x) - np.sum(x * y))
    return w2 * slope, w1 * slope
