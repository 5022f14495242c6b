"""Each gradient is averaged with the mean of those before.

The last one then has half of the weight, the one before a quarter.
"""


def average_gradients(grads, counts):
    mean = grads[0]
    for grad in grads[1:]:
        mean = (mean + grad) / 2
    return mean
