"""The sum and the difference of the weights, which an update only stretches"""


def train(w, x, y, lr, epochs):
    square, mixed = np.mean(x * x), np.mean(x * y)
    both = np.empty((epochs + 1, 2))
    both[0] = w[0] + w[1], w[0] - w[1]
    for t in range(epochs):
        total, apart = both[t]
        slope = 2 * (square * (total**2 - apart**2) / 4 - mixed)
        both[t + 1] = total * (1 - lr * slope), apart * (1 + lr * slope)
    weights = np.stack((both.sum(axis=1), both[:, 0] - both[:, 1]), axis=1) / 2
    return np.mean((weights[:, :1] * weights[:, 1:] * x - y) ** 2, axis=1), weights
