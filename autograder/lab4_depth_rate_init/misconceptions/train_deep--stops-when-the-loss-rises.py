"""Training ends as soon as the loss rises

A loss may rise and be finite: only a loss that is not finite ends the run.
"""


def train_deep(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs + 1):
        loss = np.mean((np.prod(w) * x - y) ** 2) / 2
        if not np.isfinite(loss) or (losses and loss > losses[-1]):
            break
        losses.append(loss)
        w = w - lr * deep_gradient(x, y, w)
    return np.array(losses)
