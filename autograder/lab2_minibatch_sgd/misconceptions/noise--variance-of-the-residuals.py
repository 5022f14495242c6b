"""dw is taken without its factor x.

The derivative with respect to w is 2 · error · x, and x belongs to each example: it cannot be left out or pulled out.
"""


def gradient_variance(x, y, w, b, batch_size):
    error = w * x + b - y
    n = len(x)
    factor = (n - batch_size) / (n - 1) / batch_size
    return np.var(2 * error) * factor, np.var(2 * error) * factor
