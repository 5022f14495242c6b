"""Every shard counts as one item at least.

A rank without items has nothing to say: its weight is zero, and it is not in the number of items either.
"""


def average_gradients(grads, counts):
    counts = [max(count, 1) for count in counts]
    return sum(count * grad for count, grad in zip(counts, grads)) / sum(counts)
