"""The sum over the data in place of the mean

The loss is a mean, so its derivative is one too.
"""


def deep_gradient(x, y, w):
    others = np.array([np.prod(np.delete(w, i)) for i in range(len(w))])
    return np.sum(x * (np.prod(w) * x - y)) * others
