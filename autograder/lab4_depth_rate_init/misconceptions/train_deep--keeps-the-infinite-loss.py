"""The loss that is not finite is kept

Look at a loss before you write it down.
"""


def train_deep(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs + 1):
        losses.append(np.mean((np.prod(w) * x - y) ** 2) / 2)
        if not np.isfinite(losses[-1]):
            break
        w = w - lr * deep_gradient(x, y, w)
    return np.array(losses)
