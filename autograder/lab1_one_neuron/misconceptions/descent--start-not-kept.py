"""The histories begin after the first update

Entry 0 is the start itself. How long do your histories get?
"""


def gradient_descent(x, y, w, b, lr, steps):
    ws, bs, losses = [], [], []
    for _ in range(steps):
        dw, db = gradient(x, y, w, b)
        w, b = w - lr * dw, b - lr * db
        ws.append(w)
        bs.append(b)
        losses.append(mse(forward(x, w, b), y))
    return np.array(ws), np.array(bs), np.array(losses)
