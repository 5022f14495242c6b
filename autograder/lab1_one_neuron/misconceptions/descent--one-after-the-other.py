"""The bias is updated with the weight that is already new

Both derivatives belong to the same point. Compute the two of them before you change either parameter.
"""


def gradient_descent(x, y, w, b, lr, steps):
    ws, bs, losses = [w], [b], [mse(forward(x, w, b), y)]
    for _ in range(steps):
        w = w - lr * gradient(x, y, w, b)[0]
        b = b - lr * gradient(x, y, w, b)[1]
        ws.append(w)
        bs.append(b)
        losses.append(mse(forward(x, w, b), y))
    return np.array(ws), np.array(bs), np.array(losses)
