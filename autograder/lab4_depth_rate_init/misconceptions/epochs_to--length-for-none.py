"""The length of the history where there is no answer

A run that does not arrive has no number of epochs: the answer is None.
"""


def epochs_to(losses, threshold):
    t = len(losses)
    while t > 0 and losses[t - 1] < threshold:
        t -= 1
    return t
