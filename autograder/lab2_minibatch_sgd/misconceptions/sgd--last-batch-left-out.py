"""The smaller last batch makes no update.

Every item counts once in an epoch. Take the batches as num_batches counts them.
"""


def sgd(x, y, w, b, lr, batch_size, epochs, rng):
    ws, bs, losses = [w], [b], []
    for epoch in range(epochs):
        x_epoch, y_epoch = shuffled(x, y, rng)
        for j in range(max(1, len(x) // batch_size)):
            start, end = batch_bounds(j, len(x), batch_size)
            x_batch, y_batch = x_epoch[start:end], y_epoch[start:end]
            losses.append(mse_loss(x_batch, y_batch, w, b))
            dw, db = mse_gradient(x_batch, y_batch, w, b)
            w, b = w - lr * dw, b - lr * db
            ws.append(w)
            bs.append(b)
    return np.array(ws), np.array(bs), np.array(losses)
