"""Each gradient is divided by its count once more.

Each is a mean already. Multiply it by its count to undo that, then divide by all.
"""


def accumulate(grads, counts):
    shares = [1 / n for n in counts]
    return [sum(s * part for s, part in zip(shares, layer)) / sum(shares) for layer in zip(*grads)]
