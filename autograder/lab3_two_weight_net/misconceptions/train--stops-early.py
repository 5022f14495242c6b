"""Training stops by itself once it is slow

The caller said how many epochs to make. Near a saddle training is slow, too, and far from done.
"""


def train(w, x, y, lr, epochs):
    losses, weights = [loss(forward(w, x), y)], [w]
    for _ in range(epochs):
        slopes = np.array(gradient(w, x, y))
        if np.max(np.abs(slopes)) < 0.1:
            break
        w = w - lr * slopes
        losses.append(loss(forward(w, x), y))
        weights.append(w)
    return np.array(losses), np.array(weights)
