"""A run that blew up goes on

From the first infinite loss on, nothing but inf and nan follows. Training ends there, and that loss is not kept.
"""


def train_deep(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs + 1):
        losses.append(np.mean((np.prod(w) * x - y) ** 2) / 2)
        w = w - lr * deep_gradient(x, y, w)
    return np.array(losses)
