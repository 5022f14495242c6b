"""The weights are the square roots of the counts.

Noise falls with the square root, but the mean over all items counts every item the same.
"""


def average_gradients(grads, counts):
    weights = np.sqrt(counts)
    return sum(weight * grad for weight, grad in zip(weights, grads)) / weights.sum()
