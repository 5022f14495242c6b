"""The error is target minus prediction

Then the derivative needs a minus sign in front: the gradient points uphill.
"""


def deep_gradient(x, y, w):
    error = y - np.prod(w) * x
    others = np.array([np.prod(np.delete(w, i)) for i in range(len(w))])
    return np.mean(error * x) * others
