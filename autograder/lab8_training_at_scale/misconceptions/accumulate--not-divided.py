"""The weighted sum is not divided by the number of examples.

The whole batch has a mean gradient too: divide by the sum of the counts.
"""


def accumulate(grads, counts):
    return [sum(n * part for n, part in zip(counts, layer)) for layer in zip(*grads)]
