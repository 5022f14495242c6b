"""The two histories are returned in the wrong order

Compare the order of your return with the one that the question names.
"""


def train(w, x, y, lr, epochs):
    losses, weights = [loss(forward(w, x), y)], [w]
    for _ in range(epochs):
        w = w - lr * np.array(gradient(w, x, y))
        losses.append(loss(forward(w, x), y))
        weights.append(w)
    return np.array(weights), np.array(losses)
