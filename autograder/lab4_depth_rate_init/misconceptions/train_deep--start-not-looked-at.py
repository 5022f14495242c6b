"""The loss of the start is kept, whatever it is

The start too may be beyond all numbers: then there is no history at all.
"""


def train_deep(x, y, w, lr, epochs):
    losses = [np.mean((np.prod(w) * x - y) ** 2) / 2]
    for _ in range(epochs):
        w = w - lr * deep_gradient(x, y, w)
        loss = np.mean((np.prod(w) * x - y) ** 2) / 2
        if not np.isfinite(loss):
            break
        losses.append(loss)
    return np.array(losses)
