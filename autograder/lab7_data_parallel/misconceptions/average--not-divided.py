"""The weighted gradients are added up but not divided by the number of items.

The weights are shares of the whole: together they make one.
"""


def average_gradients(grads, counts):
    return sum(count * grad for count, grad in zip(counts, grads))
