"""A small class holds the parameters and keeps the books."""


class Line:
    def __init__(self, w, b, lr):
        self.w, self.b, self.lr = w, b, lr
        self.ws, self.bs, self.losses = [w], [b], []

    def learn(self, x, y):
        self.losses.append(mse_loss(x, y, self.w, self.b))
        dw, db = mse_gradient(x, y, self.w, self.b)
        self.w -= self.lr * dw
        self.b -= self.lr * db
        self.ws.append(self.w)
        self.bs.append(self.b)


def sgd(x, y, w, b, lr, batch_size, epochs, rng):
    line = Line(w, b, lr)
    for _ in range(epochs):
        pairs = shuffled(x, y, rng)
        for j in range(num_batches(len(x), batch_size)):
            start, end = batch_bounds(j, len(x), batch_size)
            line.learn(*(values[start:end] for values in pairs))
    return line.ws, line.bs, line.losses
