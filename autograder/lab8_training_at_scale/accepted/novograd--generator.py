"""A generator for each model keeps the state in its local names."""


class NovoGrad:
    def __init__(self, lr, beta1=0.95, beta2=0.98, eps=1e-8, weight_decay=0.0):
        self.lr, self.beta1, self.beta2, self.eps, self.weight_decay = lr, beta1, beta2, eps, weight_decay
        self.run = self.updates()
        next(self.run)

    def updates(self):
        moments, lengths, result = {}, {}, None
        while True:
            params, grads = yield result
            result = []
            for i in range(len(params)):
                square = np.linalg.norm(np.ravel(grads[i])) ** 2
                lengths[i] = self.beta2 * lengths.get(i, square) + (1 - self.beta2) * square
                normalised = np.divide(grads[i], np.sqrt(lengths[i]) + self.eps)
                moments[i] = self.beta1 * moments.get(i, 0) + normalised + self.weight_decay * params[i]
                result.append(params[i] - self.lr * moments[i])

    def step(self, params, grads):
        return self.run.send((params, grads))
