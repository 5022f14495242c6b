"""The textbook form with the variance over N - 1."""


def gradient_variance(x, y, w, b, batch_size):
    n = len(x)
    error = w * x + b - y
    share = batch_size / n
    return tuple((1 - share) * np.var(2 * g, ddof=1) / batch_size for g in (error * x, error))
