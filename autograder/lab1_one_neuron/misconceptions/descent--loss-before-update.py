"""The loss is logged before the update, the parameters after it

Entry t of all three histories belongs to the same state. In which state was your loss taken?
"""


def gradient_descent(x, y, w, b, lr, steps):
    ws, bs, losses = [w], [b], [mse(forward(x, w, b), y)]
    for _ in range(steps):
        losses.append(mse(forward(x, w, b), y))
        dw, db = gradient(x, y, w, b)
        w, b = w - lr * dw, b - lr * db
        ws.append(w)
        bs.append(b)
    return np.array(ws), np.array(bs), np.array(losses)
