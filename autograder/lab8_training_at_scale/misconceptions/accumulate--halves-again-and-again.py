"""Each new part is averaged with all before it, half and half.

Then the last part counts half and the first next to nothing.
"""


def accumulate(grads, counts):
    total, *rest = [list(gradient) for gradient in grads]
    for gradient in rest:
        total = [(sofar + layer) / 2 for sofar, layer in zip(total, gradient)]
    return total
