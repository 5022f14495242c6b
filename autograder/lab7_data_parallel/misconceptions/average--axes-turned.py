"""The axes of the gradient come out in reverse order.

A transposed array has all axes turned round, also those of the gradient.
"""


def average_gradients(grads, counts):
    return np.array(grads).T @ np.array(counts) / sum(counts)
