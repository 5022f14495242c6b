"""The losses come from a generator, as long as they are finite"""

import itertools


def train_deep(x, y, w, lr, epochs):
    def run(weights):
        while True:
            yield float(np.mean((np.prod(weights) * x - y) ** 2) / 2)
            weights = weights - lr * deep_gradient(x, y, weights)

    return list(itertools.takewhile(np.isfinite, itertools.islice(run(w), epochs + 1)))
