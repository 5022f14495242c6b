"""The learning rate is applied twice

Follow lr from the argument to the new weight: how often is it multiplied in?
"""


def gradient_descent(x, y, w, b, lr, steps):
    ws, bs, losses = [w], [b], [mse(forward(x, w, b), y)]
    for _ in range(steps):
        dw, db = (lr * slope for slope in gradient(x, y, w, b))
        w, b = w - lr * dw, b - lr * db
        ws.append(w)
        bs.append(b)
        losses.append(mse(forward(x, w, b), y))
    return np.array(ws), np.array(bs), np.array(losses)
