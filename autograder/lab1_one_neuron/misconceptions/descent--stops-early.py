"""Training stops by itself

The caller said how many updates to make. When to stop is the next question.
"""


def gradient_descent(x, y, w, b, lr, steps):
    ws, bs, losses = [w], [b], [mse(forward(x, w, b), y)]
    for _ in range(steps):
        dw, db = gradient(x, y, w, b)
        if abs(lr * dw) < 0.05:
            break
        w, b = w - lr * dw, b - lr * db
        ws.append(w)
        bs.append(b)
        losses.append(mse(forward(x, w, b), y))
    return np.array(ws), np.array(bs), np.array(losses)
