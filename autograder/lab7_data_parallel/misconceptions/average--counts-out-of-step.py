"""The empty shards are struck from the counts but not from the gradients.

From there on each gradient is weighted by another rank's count.
"""


def average_gradients(grads, counts):
    counts = [count for count in counts if count > 0]
    return sum(count * grad for count, grad in zip(counts, grads)) / sum(counts)
