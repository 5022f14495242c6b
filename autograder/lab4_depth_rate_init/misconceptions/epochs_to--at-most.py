"""At most the threshold, in place of below

A loss that equals the threshold is not below it.
"""


def epochs_to(losses, threshold):
    for t in range(len(losses)):
        if all(loss <= threshold for loss in losses[t:]):
            return t
    return None
