"""A quadratic form in the covariance matrix of who is drawn."""


def gradient_variance(x, y, w, b, batch_size):
    n = len(x)
    chance = batch_size / n
    both = chance * (batch_size - 1) / (n - 1)
    covariance = np.full((n, n), both - chance**2)
    np.fill_diagonal(covariance, chance - chance**2)
    residual = w * x + b - y
    g = 2 * np.stack([residual * x, residual]) / batch_size
    var_dw, var_db = np.einsum("pi,ij,pj->p", g, covariance, g)
    return var_dw, var_db
