"""The state after the last update is not kept

With the start, how many states are there after three updates?
"""


def gradient_descent(x, y, w, b, lr, steps):
    ws, bs, losses = [], [], []
    for _ in range(steps):
        ws.append(w)
        bs.append(b)
        losses.append(mse(forward(x, w, b), y))
        dw, db = gradient(x, y, w, b)
        w, b = w - lr * dw, b - lr * db
    return np.array(ws), np.array(bs), np.array(losses)
