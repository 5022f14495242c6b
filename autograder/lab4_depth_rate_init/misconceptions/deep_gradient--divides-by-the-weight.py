"""The product of the others is the product of all, divided by the weight

Where a weight is zero this is 0/0. Multiply the other weights instead.
"""


def deep_gradient(x, y, w):
    product = np.prod(w)
    return np.mean(x * (product * x - y)) * product / w
