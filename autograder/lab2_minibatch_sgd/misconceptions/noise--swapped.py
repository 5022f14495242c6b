"""var_db comes first.

The pair is (var_dw, var_db).
"""


def gradient_variance(x, y, w, b, batch_size):
    error = w * x + b - y
    n = len(x)
    factor = (n - batch_size) / (n - 1) / batch_size
    return np.var(2 * error) * factor, np.var(2 * error * x) * factor
