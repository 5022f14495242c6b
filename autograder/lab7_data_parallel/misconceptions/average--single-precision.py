"""The mean is computed in single precision.

The gradients hold float64, and so should their mean.
"""


def average_gradients(grads, counts):
    weights = np.array(counts, dtype=np.float32) / np.float32(sum(counts))
    return sum(weight * grad.astype(np.float32) for weight, grad in zip(weights, grads))
