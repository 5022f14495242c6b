"""Two plain numbers, and histories as lists"""


def train(w, x, y, lr, epochs):
    w1, w2 = float(w[0]), float(w[1])
    losses, weights = [], []
    for epoch in range(epochs + 1):
        losses.append(float(loss(forward(np.array([w1, w2]), x), y)))
        weights.append([w1, w2])
        if epoch < epochs:
            dw1, dw2 = gradient(np.array([w1, w2]), x, y)
            w1, w2 = w1 - lr * float(dw1), w2 - lr * float(dw2)
    return losses, weights
