"""A smaller last part is left out.

Its examples belong to the batch as well.
"""


def accumulate(grads, counts):
    full = [(gradient, n) for gradient, n in zip(grads, counts) if n >= counts[0]]
    total = sum(n for _, n in full)
    return [sum(n * gradient[j] for gradient, n in full) / total for j in range(len(grads[0]))]
