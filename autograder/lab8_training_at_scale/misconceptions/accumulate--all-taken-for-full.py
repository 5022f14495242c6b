"""Every part is taken to be as large as the first.

The last part may be smaller. The number of all examples is the sum of the counts.
"""


def accumulate(grads, counts):
    examples = counts[0] * len(counts)
    return [sum(n * part for n, part in zip(counts, layer)) / examples for layer in zip(*grads)]
