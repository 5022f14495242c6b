"""A batch's gradient is the sum over its items.

The loss of a batch is a mean, so its gradient is a mean too. A sum makes the steps of large batches longer.
"""


def sgd(x, y, w, b, lr, batch_size, epochs, rng):
    ws, bs, losses = [w], [b], []
    for epoch in range(epochs):
        x_epoch, y_epoch = shuffled(x, y, rng)
        for j in range(num_batches(len(x), batch_size)):
            start, end = batch_bounds(j, len(x), batch_size)
            x_batch, y_batch = x_epoch[start:end], y_epoch[start:end]
            losses.append(mse_loss(x_batch, y_batch, w, b))
            dw, db = mse_gradient(x_batch, y_batch, w, b)
            w, b = w - lr * dw * len(x_batch), b - lr * db * len(x_batch)
            ws.append(w)
            bs.append(b)
    return np.array(ws), np.array(bs), np.array(losses)
