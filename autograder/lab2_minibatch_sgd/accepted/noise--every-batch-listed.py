"""The variance over the list of all batches, for data sets as small as that allows."""


from itertools import combinations
from math import comb


def formula(x, y, w, b, batch_size):
    error = w * x + b - y
    single = np.array([2 * error * x, 2 * error])
    return single.var(axis=1, ddof=1) / batch_size * (1 - batch_size / len(x))


def gradient_variance(x, y, w, b, batch_size):
    if comb(len(x), batch_size) > 10_000:
        return tuple(formula(x, y, w, b, batch_size))
    batches = combinations(range(len(x)), batch_size)
    gradients = [mse_gradient(x[list(items)], y[list(items)], w, b) for items in batches]
    return tuple(np.var(gradients, axis=0))
