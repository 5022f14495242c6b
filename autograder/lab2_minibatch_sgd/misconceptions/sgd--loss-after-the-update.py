"""The loss is recorded after the update.

Entry t of losses belongs to the parameters ws[t], bs[t], before this batch has moved them.
"""


def sgd(x, y, w, b, lr, batch_size, epochs, rng):
    ws, bs, losses = [w], [b], []
    for epoch in range(epochs):
        x_epoch, y_epoch = shuffled(x, y, rng)
        for j in range(num_batches(len(x), batch_size)):
            start, end = batch_bounds(j, len(x), batch_size)
            x_batch, y_batch = x_epoch[start:end], y_epoch[start:end]
            dw, db = mse_gradient(x_batch, y_batch, w, b)
            w, b = w - lr * dw, b - lr * db
            losses.append(mse_loss(x_batch, y_batch, w, b))
            ws.append(w)
            bs.append(b)
    return np.array(ws), np.array(bs), np.array(losses)
