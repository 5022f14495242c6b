"""The learning rate that was given is not used

A constant in the loop makes the argument idle: change lr and look whether anything changes.
"""


def train(w, x, y, lr, epochs):
    losses, weights = [loss(forward(w, x), y)], [w]
    for _ in range(epochs):
        w = w - 0.01 * np.array(gradient(w, x, y))
        losses.append(loss(forward(w, x), y))
        weights.append(w)
    return np.array(losses), np.array(weights)
