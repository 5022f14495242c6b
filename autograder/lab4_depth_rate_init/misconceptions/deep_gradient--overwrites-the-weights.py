"""The caller's weights are overwritten

While a weight is replaced by 1 to leave it out, it is replaced in the array that was handed in. Work on a copy.
"""


def deep_gradient(x, y, w):
    slope = np.mean(x * (np.prod(w) * x - y))
    gradient = np.zeros(len(w))
    for i in range(len(w)):
        w[i] = 1.0
        gradient[i] = slope * np.prod(w)
    return gradient
