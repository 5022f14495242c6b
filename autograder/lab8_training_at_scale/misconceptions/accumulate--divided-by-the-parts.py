"""The weighted sum is divided by the number of parts.

Divide by the number of all examples, the sum of the counts.
"""


def accumulate(grads, counts):
    return [sum(n * part for n, part in zip(counts, layer)) / len(counts) for layer in zip(*grads)]
