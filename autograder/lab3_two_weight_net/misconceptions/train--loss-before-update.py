"""The loss is logged before the update, the weights after it

Entry t of both histories belongs to the same state. In which state was your loss taken?
"""


def train(w, x, y, lr, epochs):
    losses, weights = [loss(forward(w, x), y)], [w]
    for _ in range(epochs):
        losses.append(loss(forward(w, x), y))
        w = w - lr * np.array(gradient(w, x, y))
        weights.append(w)
    return np.array(losses), np.array(weights)
