"""Each update draws a random batch of its own.

Batches drawn independently are SGD too, but then an epoch misses some items and meets others twice.
"""


def sgd(x, y, w, b, lr, batch_size, epochs, rng):
    ws, bs, losses = [w], [b], []
    for _ in range(epochs * num_batches(len(x), batch_size)):
        items = rng.choice(len(x), min(batch_size, len(x)), replace=False)
        losses.append(mse_loss(x[items], y[items], w, b))
        dw, db = mse_gradient(x[items], y[items], w, b)
        w, b = w - lr * dw, b - lr * db
        ws.append(w)
        bs.append(b)
    return np.array(ws), np.array(bs), np.array(losses)
