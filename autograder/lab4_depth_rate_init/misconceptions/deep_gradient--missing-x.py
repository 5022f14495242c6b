"""The input is missing from the derivative

The prediction is the product times x, so its derivative by the product is x.
"""


def deep_gradient(x, y, w):
    others = np.array([np.prod(np.delete(w, i)) for i in range(len(w))])
    return np.mean(np.prod(w) * x - y) * others
