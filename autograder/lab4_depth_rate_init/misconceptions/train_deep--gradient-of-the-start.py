"""The gradient is taken once, at the start

After an update the weights are elsewhere, and so is the slope.
"""


def train_deep(x, y, w, lr, epochs):
    gradient = deep_gradient(x, y, w)
    losses = []
    for _ in range(epochs + 1):
        loss = np.mean((np.prod(w) * x - y) ** 2) / 2
        if not np.isfinite(loss):
            break
        losses.append(loss)
        w = w - lr * gradient
    return np.array(losses)
