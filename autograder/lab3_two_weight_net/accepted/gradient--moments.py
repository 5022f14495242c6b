"""Two means of the data"""


def gradient(w, x, y):
    slope = 2 * (w[0] * w[1] * np.mean(x**2) - np.mean(x * y))
    return [w[1] * slope, w[0] * slope]
