"""All gradients of an epoch are taken at its first parameters.

The next batch sees the parameters that the last one has moved. Otherwise an epoch is one step of gradient descent in pieces.
"""


def sgd(x, y, w, b, lr, batch_size, epochs, rng):
    ws, bs, losses = [w], [b], []
    for epoch in range(epochs):
        x_epoch, y_epoch = shuffled(x, y, rng)
        w_epoch, b_epoch = w, b
        for j in range(num_batches(len(x), batch_size)):
            start, end = batch_bounds(j, len(x), batch_size)
            x_batch, y_batch = x_epoch[start:end], y_epoch[start:end]
            losses.append(mse_loss(x_batch, y_batch, w, b))
            dw, db = mse_gradient(x_batch, y_batch, w_epoch, b_epoch)
            w, b = w - lr * dw, b - lr * db
            ws.append(w)
            bs.append(b)
    return np.array(ws), np.array(bs), np.array(losses)
