"""The data along a third axis"""


def gradient_field(w1s, w2s, x, y):
    errors = np.multiply.outer(np.multiply.outer(w1s, w2s), x) - y
    slope = 2 * errors @ x / len(x)
    return slope * w2s, slope * np.reshape(w1s, (-1, 1))
