"""A table of the weights with ones on its diagonal"""


def deep_gradient(x, y, w):
    table = np.tile(w, (len(w), 1))
    np.fill_diagonal(table, 1.0)
    moments = np.prod(w) * np.mean(x**2) - np.mean(x * y)
    return moments * table.prod(axis=1)
