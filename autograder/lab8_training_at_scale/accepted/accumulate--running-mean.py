"""The mean of what was seen so far is moved towards each new part."""


def accumulate(grads, counts):
    seen, mean = 0, [0.0] * len(grads[0])
    for gradient, count in zip(grads, counts):
        seen += count
        mean = [old + (new - old) * (count / seen) for old, new in zip(mean, gradient)]
    return mean
