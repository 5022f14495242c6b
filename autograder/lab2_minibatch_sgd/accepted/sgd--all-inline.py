"""Shuffling places and cutting batches inside the loop, item by item in plain Python."""


def sgd(x, y, w, b, lr, batch_size, epochs, rng):
    ws, bs, losses = [w], [b], []
    for _ in range(epochs):
        places = list(rng.permutation(len(x)))
        while places:
            batch, places = places[:batch_size], places[batch_size:]
            loss = dw = db = 0.0
            for i in batch:
                error = ws[-1] * x[i] + bs[-1] - y[i]
                loss += error**2 / len(batch)
                dw += 2 * error * x[i] / len(batch)
                db += 2 * error / len(batch)
            losses.append(loss)
            ws.append(ws[-1] - lr * dw)
            bs.append(bs[-1] - lr * db)
    return ws, bs, losses
