"""The gradients are averaged without weights.

A rank with two items then counts as much as one with twenty.
"""


def average_gradients(grads, counts):
    return np.mean(grads, axis=0)
