"""Each derivative has the product of all weights

The derivative by a weight has the product of the other weights, without itself.
"""


def deep_gradient(x, y, w):
    product = np.prod(w)
    return np.mean(x * (product * x - y)) * product * np.ones(len(w))
