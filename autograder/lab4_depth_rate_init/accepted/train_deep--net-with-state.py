"""A net that holds its weights in an object"""


class DeepNet:
    def __init__(self, w):
        self.w = np.array(w, dtype=float)

    def loss(self, x, y):
        error = x * np.prod(self.w) - y
        return error @ error / (2 * len(x))

    def step(self, x, y, lr):
        self.w -= lr * np.asarray(deep_gradient(x, y, self.w))


def train_deep(x, y, w, lr, epochs):
    net = DeepNet(w)
    losses = np.empty(epochs + 1)
    for t in range(epochs + 1):
        losses[t] = net.loss(x, y)
        if not np.isfinite(losses[t]):
            return losses[:t]
        net.step(x, y, lr)
    return losses
