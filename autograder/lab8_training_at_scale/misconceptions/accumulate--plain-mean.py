"""The parts are averaged as if they had one size.

A part with more examples counts more: weight each by its count.
"""


def accumulate(grads, counts):
    return [sum(layer) / len(grads) for layer in zip(*grads)]
