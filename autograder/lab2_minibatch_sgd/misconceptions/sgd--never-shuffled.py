"""The data are never shuffled.

Batches of the data as they come are the same in every epoch. Shuffle at the start of each.
"""


def sgd(x, y, w, b, lr, batch_size, epochs, rng):
    ws, bs, losses = [w], [b], []
    x_epoch, y_epoch = x, y
    for epoch in range(epochs):
        for j in range(num_batches(len(x), batch_size)):
            start, end = batch_bounds(j, len(x), batch_size)
            x_batch, y_batch = x_epoch[start:end], y_epoch[start:end]
            losses.append(mse_loss(x_batch, y_batch, w, b))
            dw, db = mse_gradient(x_batch, y_batch, w, b)
            w, b = w - lr * dw, b - lr * db
            ws.append(w)
            bs.append(b)
    return np.array(ws), np.array(bs), np.array(losses)
