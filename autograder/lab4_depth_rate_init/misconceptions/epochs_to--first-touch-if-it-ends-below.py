"""The first time below, as long as the end is below too

In between the loss may have left: every entry from the answer on has to be below.
"""


def epochs_to(losses, threshold):
    below = np.flatnonzero(np.asarray(losses) < threshold)
    if len(below) == 0 or not losses[-1] < threshold:
        return None
    return int(below[0])
