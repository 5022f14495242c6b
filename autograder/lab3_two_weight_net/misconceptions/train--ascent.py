"""The weights move with the gradient, not against it

The gradient points uphill.
"""


def train(w, x, y, lr, epochs):
    losses, weights = [loss(forward(w, x), y)], [w]
    for _ in range(epochs):
        w = w + lr * np.array(gradient(w, x, y))
        losses.append(loss(forward(w, x), y))
        weights.append(w)
    return np.array(losses), np.array(weights)
