"""The state after the last update is not kept

With the start, how many states are there after three updates?
"""


def train(w, x, y, lr, epochs):
    losses, weights = [], []
    for _ in range(epochs):
        losses.append(loss(forward(w, x), y))
        weights.append(w)
        w = w - lr * np.array(gradient(w, x, y))
    return np.array(losses), np.array(weights)
