"""Steps that would raise the loss are not taken

Plain gradient descent has no such guard: it goes wherever its rate takes it, and a rate that is too large
shows.
"""


def gradient_descent(x, y, w, b, lr, steps):
    ws, bs, losses = [w], [b], [mse(forward(x, w, b), y)]
    for _ in range(steps):
        dw, db = gradient(x, y, w, b)
        loss = mse(forward(x, w - lr * dw, b - lr * db), y)
        if loss < losses[-1]:
            w, b = w - lr * dw, b - lr * db
        ws.append(w)
        bs.append(b)
        losses.append(min(loss, losses[-1]))
    return np.array(ws), np.array(bs), np.array(losses)
