"""The derivative of the loss without its ½

This lab's loss is half the mean of the squared errors: the 2 of the derivative cancels.
"""


def deep_gradient(x, y, w):
    others = np.array([np.prod(np.delete(w, i)) for i in range(len(w))])
    return 2 * np.mean(x * (np.prod(w) * x - y)) * others
