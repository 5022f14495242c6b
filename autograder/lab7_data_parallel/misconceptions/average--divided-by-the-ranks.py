"""The weighted sum is divided by the number of ranks.

Each gradient was multiplied by a number of items, so divide by a number of items.
"""


def average_gradients(grads, counts):
    return sum(count * grad for count, grad in zip(counts, grads)) / len(counts)
