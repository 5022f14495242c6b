"""The variance is measured on batches drawn at random.

Measuring gives about the right number, and another one for each seed. The exact one follows from the formula.
"""


def gradient_variance(x, y, w, b, batch_size):
    rng = np.random.default_rng(0)
    gradients = []
    for _ in range(300):
        items = rng.choice(len(x), batch_size, replace=False)
        gradients.append(mse_gradient(x[items], y[items], w, b))
    var_dw, var_db = np.var(gradients, axis=0)
    return var_dw, var_db
