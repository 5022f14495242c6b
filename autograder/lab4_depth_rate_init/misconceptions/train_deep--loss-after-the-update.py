"""Each loss is written down after its update

Entry 0 is the loss before the first update: the start is missing, and everything is one step early.
"""


def train_deep(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs + 1):
        w = w - lr * deep_gradient(x, y, w)
        loss = np.mean((np.prod(w) * x - y) ** 2) / 2
        if not np.isfinite(loss):
            break
        losses.append(loss)
    return np.array(losses)
