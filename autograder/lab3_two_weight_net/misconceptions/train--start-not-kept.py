"""The histories begin after the first update

Entry 0 is the start itself. How long do your histories get?
"""


def train(w, x, y, lr, epochs):
    losses, weights = [], []
    for _ in range(epochs):
        w = w - lr * np.array(gradient(w, x, y))
        losses.append(loss(forward(w, x), y))
        weights.append(w)
    return np.array(losses), np.array(weights)
