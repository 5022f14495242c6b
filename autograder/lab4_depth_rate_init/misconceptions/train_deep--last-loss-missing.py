"""The loss after the last update is missing

A history of so many epochs has one entry more: the start and one for each update.
"""


def train_deep(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        loss = np.mean((np.prod(w) * x - y) ** 2) / 2
        if not np.isfinite(loss):
            break
        losses.append(loss)
        w = w - lr * deep_gradient(x, y, w)
    return np.array(losses)
