"""The smaller last batch is divided by batch_size.

The mean of a batch is over the items it really has, and the last batch may have fewer.
"""


def sgd(x, y, w, b, lr, batch_size, epochs, rng):
    ws, bs, losses = [w], [b], []
    for epoch in range(epochs):
        x_epoch, y_epoch = shuffled(x, y, rng)
        for j in range(num_batches(len(x), batch_size)):
            start, end = batch_bounds(j, len(x), batch_size)
            x_batch, y_batch = x_epoch[start:end], y_epoch[start:end]
            error = w * x_batch + b - y_batch
            losses.append(np.sum(error**2) / batch_size)
            w, b = w - lr * 2 * np.sum(error * x_batch) / batch_size, b - lr * 2 * np.sum(error) / batch_size
            ws.append(w)
            bs.append(b)
    return np.array(ws), np.array(bs), np.array(losses)
