"""Training for one epoch less, from the next weights"""


def train_deep(x, y, w, lr, epochs):
    loss = float(np.mean(np.square(y - x * np.prod(w)))) * 0.5
    if not np.isfinite(loss):
        return []
    if epochs == 0:
        return [loss]
    return [loss] + list(train_deep(x, y, w - lr * deep_gradient(x, y, w), lr, epochs - 1))
