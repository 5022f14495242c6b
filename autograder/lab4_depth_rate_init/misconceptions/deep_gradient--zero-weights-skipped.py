"""A weight of zero is taken to have no derivative

The derivative by a weight does not contain that weight: the product of the others need not be zero.
"""


def deep_gradient(x, y, w):
    product = np.prod(w)
    slope = np.mean(x * (product * x - y))
    return np.array([slope * product / weight if weight != 0 else 0.0 for weight in w])
