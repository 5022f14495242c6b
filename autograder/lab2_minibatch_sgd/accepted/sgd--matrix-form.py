"""Both parameters in one vector, the histories filled in place."""


def sgd(x, y, w, b, lr, batch_size, epochs, rng):
    count = num_batches(len(x), batch_size)
    theta = np.zeros((epochs * count + 1, 2))
    losses = np.zeros(epochs * count)
    theta[0] = w, b
    for t in range(epochs * count):
        if t % count == 0:
            x_epoch, y_epoch = shuffled(x, y, rng)
            design = np.stack([x_epoch, np.ones_like(x_epoch)], axis=1)
        rows = slice(*batch_bounds(t % count, len(x), batch_size))
        residual = design[rows] @ theta[t] - y_epoch[rows]
        losses[t] = residual @ residual / len(residual)
        theta[t + 1] = theta[t] - lr * 2 / len(residual) * design[rows].T @ residual
    return theta[:, 0], theta[:, 1], losses
