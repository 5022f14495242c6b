"""Rows and columns are exchanged

By default np.meshgrid lets its first argument run along the columns. Which of the two weights should run
along the rows here?
"""


def gradient_field(w1s, w2s, x, y):
    w1, w2 = np.meshgrid(w1s, w2s)
    slope = 2 * (w1 * w2 * np.mean(x * x) - np.mean(x * y))
    return w2 * slope, w1 * slope
