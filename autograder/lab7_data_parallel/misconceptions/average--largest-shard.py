"""The weights are counts over the largest count.

The weights must add up to one: divide by the sum of the counts.
"""


def average_gradients(grads, counts):
    return sum(count * grad for count, grad in zip(counts, grads)) / max(counts)
