"""The histories have one entry for each epoch.

Every update is recorded, not only the last of an epoch: T is epochs times batches.
"""


def sgd(x, y, w, b, lr, batch_size, epochs, rng):
    ws, bs, losses = [w], [b], []
    for _ in range(epochs):
        x_epoch, y_epoch = shuffled(x, y, rng)
        epoch_losses = []
        for j in range(num_batches(len(x), batch_size)):
            start, end = batch_bounds(j, len(x), batch_size)
            x_batch, y_batch = x_epoch[start:end], y_epoch[start:end]
            epoch_losses.append(mse_loss(x_batch, y_batch, w, b))
            dw, db = mse_gradient(x_batch, y_batch, w, b)
            w, b = w - lr * dw, b - lr * db
        ws.append(w)
        bs.append(b)
        losses.append(np.mean(epoch_losses))
    return np.array(ws), np.array(bs), np.array(losses)
