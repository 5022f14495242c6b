"""b is updated with a w that is already new.

Both derivatives belong to the same old point: compute dw and db first, then step.
"""


def sgd(x, y, w, b, lr, batch_size, epochs, rng):
    ws, bs, losses = [w], [b], []
    for epoch in range(epochs):
        x_epoch, y_epoch = shuffled(x, y, rng)
        for j in range(num_batches(len(x), batch_size)):
            start, end = batch_bounds(j, len(x), batch_size)
            x_batch, y_batch = x_epoch[start:end], y_epoch[start:end]
            losses.append(mse_loss(x_batch, y_batch, w, b))
            w = w - lr * mse_gradient(x_batch, y_batch, w, b)[0]
            b = b - lr * mse_gradient(x_batch, y_batch, w, b)[1]
            ws.append(w)
            bs.append(b)
    return np.array(ws), np.array(bs), np.array(losses)
