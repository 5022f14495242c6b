"""The learning rate is applied twice

Follow lr from the argument to the new weights: how often is it multiplied in?
"""


def train(w, x, y, lr, epochs):
    losses, weights = [loss(forward(w, x), y)], [w]
    for _ in range(epochs):
        step = lr * np.array(gradient(w, x, y))
        w = w - lr * step
        losses.append(loss(forward(w, x), y))
        weights.append(w)
    return np.array(losses), np.array(weights)
