"""Each epoch shuffles what the epoch before had shuffled.

The shuffled data overwrite x and y. Give them names of their own, so that each epoch starts from the original order.
"""


def sgd(x, y, w, b, lr, batch_size, epochs, rng):
    ws, bs, losses = [w], [b], []
    for epoch in range(epochs):
        x, y = shuffled(x, y, rng)
        for j in range(num_batches(len(x), batch_size)):
            start, end = batch_bounds(j, len(x), batch_size)
            x_batch, y_batch = x[start:end], y[start:end]
            losses.append(mse_loss(x_batch, y_batch, w, b))
            dw, db = mse_gradient(x_batch, y_batch, w, b)
            w, b = w - lr * dw, b - lr * db
            ws.append(w)
            bs.append(b)
    return np.array(ws), np.array(bs), np.array(losses)
