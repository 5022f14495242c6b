"""All weights are taken to be equal

The product of the others is a power of the weight only where all weights are the same.
"""


def deep_gradient(x, y, w):
    slope = np.mean(x * (np.prod(w) * x - y))
    return slope * w ** (len(w) - 1)
