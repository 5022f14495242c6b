"""Each weight is moved by the derivative of the other

gradient gives the derivative by the first weight first.
"""


def train(w, x, y, lr, epochs):
    losses, weights = [loss(forward(w, x), y)], [w]
    for _ in range(epochs):
        dw1, dw2 = gradient(w, x, y)
        w = w - lr * np.array([dw2, dw1])
        losses.append(loss(forward(w, x), y))
        weights.append(w)
    return np.array(losses), np.array(weights)
