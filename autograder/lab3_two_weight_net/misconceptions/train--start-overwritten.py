"""The caller's start is overwritten

Your history is right, but the array that the caller passed has been trained. Who runs your function twice
starts where the first run ended.
"""


def train(w, x, y, lr, epochs):
    losses, weights = [loss(forward(w, x), y)], [w.copy()]
    for _ in range(epochs):
        w -= lr * np.array(gradient(w, x, y))
        losses.append(loss(forward(w, x), y))
        weights.append(w.copy())
    return np.array(losses), np.array(weights)
