"""Each weight is updated with the new ones before it

All derivatives are taken at the same, old weights; then all weights move at once.
"""


def train_deep(x, y, w, lr, epochs):
    w = w.copy()
    losses = []
    for _ in range(epochs + 1):
        loss = np.mean((np.prod(w) * x - y) ** 2) / 2
        if not np.isfinite(loss):
            break
        losses.append(loss)
        for i in range(len(w)):
            w[i] -= lr * deep_gradient(x, y, w)[i]
    return np.array(losses)
