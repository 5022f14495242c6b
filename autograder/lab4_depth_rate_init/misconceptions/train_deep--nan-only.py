"""Only nan ends the training

Before nan there is infinity, which is not finite either.
"""


def train_deep(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs + 1):
        loss = np.mean((np.prod(w) * x - y) ** 2) / 2
        if np.isnan(loss):
            break
        losses.append(loss)
        w = w - lr * deep_gradient(x, y, w)
    return np.array(losses)
