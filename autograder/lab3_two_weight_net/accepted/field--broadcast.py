"""Columns, rows and two means of the data"""


def gradient_field(w1s, w2s, x, y):
    w1, w2 = np.meshgrid(w1s, w2s, indexing="ij")
    slope = 2 * (w1 * w2 * np.mean(x * x) - np.mean(x * y))
    return np.stack((w2 * slope, w1 * slope))
