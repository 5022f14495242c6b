"""The gradient lacks the factor 2.

The derivative of a square is twice its base: compare with the equations, or use mse_gradient.
"""


def sgd(x, y, w, b, lr, batch_size, epochs, rng):
    ws, bs, losses = [w], [b], []
    for epoch in range(epochs):
        x_epoch, y_epoch = shuffled(x, y, rng)
        for j in range(num_batches(len(x), batch_size)):
            start, end = batch_bounds(j, len(x), batch_size)
            x_batch, y_batch = x_epoch[start:end], y_epoch[start:end]
            error = w * x_batch + b - y_batch
            losses.append(np.mean(error**2))
            w, b = w - lr * np.mean(error * x_batch), b - lr * np.mean(error)
            ws.append(w)
            bs.append(b)
    return np.array(ws), np.array(bs), np.array(losses)
