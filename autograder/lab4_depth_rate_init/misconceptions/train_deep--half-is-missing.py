"""The ½ of the loss is missing

This lab's loss is half the mean of the squared errors.
"""


def train_deep(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs + 1):
        loss = np.mean((np.prod(w) * x - y) ** 2)
        if not np.isfinite(loss):
            break
        losses.append(loss)
        w = w - lr * deep_gradient(x, y, w)
    return np.array(losses)
