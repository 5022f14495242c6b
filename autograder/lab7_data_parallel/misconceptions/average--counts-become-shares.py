"""The list of counts is overwritten by the shares.

The list belongs to the caller. Make a new one.
"""


def average_gradients(grads, counts):
    n = sum(counts)
    for rank in range(len(counts)):
        counts[rank] = counts[rank] / n
    return sum(share * grad for share, grad in zip(counts, grads))
