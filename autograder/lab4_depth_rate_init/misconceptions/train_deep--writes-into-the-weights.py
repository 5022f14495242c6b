"""The caller's weights are trained

In-place subtraction writes into the array that was handed in; a reshaped view shares its memory.
"""


def train_deep(x, y, w, lr, epochs):
    weights = w.reshape(-1)
    losses = []
    for _ in range(epochs + 1):
        loss = np.mean((np.prod(weights) * x - y) ** 2) / 2
        if not np.isfinite(loss):
            break
        losses.append(loss)
        weights -= lr * deep_gradient(x, y, weights)
    return np.array(losses)
