"""The learning rate is divided by the number of batches.

Each update is a step of the full lr. That an epoch makes more progress with small batches is what we are after.
"""


def sgd(x, y, w, b, lr, batch_size, epochs, rng):
    ws, bs, losses = [w], [b], []
    lr = lr / num_batches(len(x), batch_size)
    for epoch in range(epochs):
        x_epoch, y_epoch = shuffled(x, y, rng)
        for j in range(num_batches(len(x), batch_size)):
            start, end = batch_bounds(j, len(x), batch_size)
            x_batch, y_batch = x_epoch[start:end], y_epoch[start:end]
            losses.append(mse_loss(x_batch, y_batch, w, b))
            dw, db = mse_gradient(x_batch, y_batch, w, b)
            w, b = w - lr * dw, b - lr * db
            ws.append(w)
            bs.append(b)
    return np.array(ws), np.array(bs), np.array(losses)
