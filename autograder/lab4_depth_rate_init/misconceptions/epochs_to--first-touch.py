"""The first time below the threshold

The loss may touch the threshold and leave it again: what counts is from where on it stays below.
"""


def epochs_to(losses, threshold):
    for t, loss in enumerate(losses):
        if loss < threshold:
            return t
    return None
