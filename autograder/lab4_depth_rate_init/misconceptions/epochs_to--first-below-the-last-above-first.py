"""The start is never the answer

A run may be below from the very start on; then it needs 0 epochs.
"""


def epochs_to(losses, threshold):
    t = len(losses)
    while t > 0 and losses[t - 1] < threshold:
        t -= 1
    return t if 0 < t < len(losses) else None
