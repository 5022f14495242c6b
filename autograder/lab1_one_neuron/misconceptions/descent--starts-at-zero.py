"""The start that was given is not used

Zero is one place to start from; the arguments name another.
"""


def gradient_descent(x, y, w, b, lr, steps):
    w, b = 0.0, 0.0
    ws, bs, losses = [w], [b], [mse(forward(x, w, b), y)]
    for _ in range(steps):
        dw, db = gradient(x, y, w, b)
        w, b = w - lr * dw, b - lr * db
        ws.append(w)
        bs.append(b)
        losses.append(mse(forward(x, w, b), y))
    return np.array(ws), np.array(bs), np.array(losses)
