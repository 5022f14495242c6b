"""Steps that would raise the loss are not taken

Plain gradient descent has no such guard: it goes wherever its rate takes it, and a rate that is too large
shows.
"""


def train(w, x, y, lr, epochs):
    losses, weights = [loss(forward(w, x), y)], [w]
    for _ in range(epochs):
        tried = w - lr * np.array(gradient(w, x, y))
        if loss(forward(tried, x), y) < losses[-1]:
            w = tried
        losses.append(loss(forward(w, x), y))
        weights.append(w)
    return np.array(losses), np.array(weights)
