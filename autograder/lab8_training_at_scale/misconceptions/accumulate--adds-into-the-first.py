"""The gradient of the first part is overwritten.

`*=` and `+=` work inside the array that was given. Start with new arrays.
"""


def accumulate(grads, counts):
    total = grads[0]
    for layer in total:
        layer *= counts[0] / sum(counts)
    for gradient, n in zip(grads[1:], counts[1:]):
        for sofar, layer in zip(total, gradient):
            sofar += layer * n / sum(counts)
    return total
