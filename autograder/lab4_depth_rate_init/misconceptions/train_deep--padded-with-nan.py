"""A short history is filled up with nan

A run that blew up has a short history: every entry that is kept is a finite number.
"""


def train_deep(x, y, w, lr, epochs):
    losses = np.full(epochs + 1, np.nan)
    for t in range(epochs + 1):
        loss = np.mean((np.prod(w) * x - y) ** 2) / 2
        if not np.isfinite(loss):
            break
        losses[t] = loss
        w = w - lr * deep_gradient(x, y, w)
    return losses
